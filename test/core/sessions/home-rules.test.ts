import { describe, expect, it } from 'vitest';
import { nextHome, type HomelessPolicy, type KnownLogin } from '#core/sessions/home-rules.ts';
import type { Role } from '#shared/access.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const TODAY = { startsAt: NOON, openBooks: false };

const login = (id: string, ...people: [id: string, role?: Role][]): KnownLogin => ({
  id,
  holderId: people[0]?.[0] ?? '',
  people: people.map(([person, role = 'advisor']) => ({ id: person, role, active: true })),
});

const policy = (of: Partial<HomelessPolicy> = {}): HomelessPolicy => ({
  books: new Set(['ana']),
  looks: new Map(),
  asked: new Set(),
  ...of,
});

const looked = (seenAt: number | null, absentAt: number | null) => ({ seenAt, absentAt });

describe('the login to ask next for a policy without a home', () => {
  it('is one whose people may sync the policy', () => {
    const logins = [
      login('1', ['ben']),
      login('2', ['sam', 'support']),
      login('3', ['ben'], ['ana']),
    ];
    expect(nextHome(logins, policy(), TODAY)).toBe('3');
    expect(nextHome(logins.slice(0, 2), policy(), TODAY)).toBeUndefined();
    expect(nextHome(logins, policy(), { ...TODAY, openBooks: true })).toBe('1');
    expect(nextHome([login('1', ['marcus', 'manager'])], policy(), TODAY)).toBe('1');
  });

  it('is one that saw it before, then its own advisor’s, then the one asked longest ago', () => {
    const logins = ['1', '2', '3'].map((id) => login(id, ['marcus', 'owner']));
    const ana = login('4', ['ana']);
    expect(nextHome([...logins, ana], policy(), TODAY)).toBe('4');
    const looks = new Map([['3', looked(NOON - 9, NOON - 5)]]);
    expect(nextHome([...logins, ana], policy({ looks }), TODAY)).toBe('3');
    const absent = new Map([
      ['1', looked(null, NOON - 1)],
      ['2', looked(null, NOON - 2)],
      ['3', looked(null, NOON - 1)],
    ]);
    expect(nextHome(logins, policy({ looks: absent }), TODAY)).toBe('2');
  });

  it('is none that was asked since the day began, or is asked now', () => {
    const logins = [login('1', ['ana']), login('2', ['ana'])];
    expect(nextHome(logins, policy({ asked: new Set(['1']) }), TODAY)).toBe('2');
    const looks = new Map([['2', looked(null, NOON)]]);
    expect(nextHome(logins, policy({ asked: new Set(['1']), looks }), TODAY)).toBeUndefined();
  });
});
