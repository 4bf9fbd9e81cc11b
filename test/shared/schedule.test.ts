import { describe, expect, it } from 'vitest';
import { dueDay, type DailySchedule } from '#shared/schedule.ts';

const at = (time: string, days: DailySchedule['days'] = 'every'): DailySchedule => ({
  zone: 'America/New_York',
  at: time,
  days,
});
const on = (iso: string): number => Date.parse(iso);

describe('a task of the day', () => {
  it('is due from its hour on, once', () => {
    expect(dueDay(at('07:30'), on('2026-11-20T07:29:00-05:00'), '2026-11-19')).toBeUndefined();
    expect(dueDay(at('07:30'), on('2026-11-20T07:30:00-05:00'), '2026-11-19')).toBe('2026-11-20');
    expect(dueDay(at('07:30'), on('2026-11-20T23:59:00-05:00'), '2026-11-20')).toBeUndefined();
  });

  it('is due late after a downtime, and what was missed the day before is not done twice', () => {
    expect(dueDay(at('07:30'), on('2026-11-20T16:00:00-05:00'), '2026-11-17')).toBe('2026-11-20');
    expect(dueDay(at('07:30'), on('2026-11-20T02:00:00-05:00'), '2026-11-17')).toBeUndefined();
  });

  it('is of the day in the zone of the firm, whatever day it is elsewhere', () => {
    expect(dueDay(at('20:00'), on('2026-11-21T02:00:00Z'), undefined)).toBe('2026-11-20');
  });

  it('at an hour that the clock skips in spring is due when the clock has passed it', () => {
    expect(dueDay(at('02:30'), on('2026-03-08T01:59:00-05:00'), '2026-03-07')).toBeUndefined();
    expect(dueDay(at('02:30'), on('2026-03-08T03:00:00-04:00'), '2026-03-07')).toBe('2026-03-08');
  });

  it('at an hour that comes twice in autumn is done once', () => {
    expect(dueDay(at('01:30'), on('2026-11-01T01:30:00-04:00'), '2026-10-31')).toBe('2026-11-01');
    expect(dueDay(at('01:30'), on('2026-11-01T01:30:00-05:00'), '2026-11-01')).toBeUndefined();
  });

  it('of business days keeps weekends and holidays free', () => {
    expect(dueDay(at('07:30', 'business'), on('2026-11-21T09:00:00-05:00'), undefined)).toBe(
      undefined,
    );
    expect(dueDay(at('07:30', 'business'), on('2026-11-26T09:00:00-05:00'), undefined)).toBe(
      undefined,
    );
    expect(dueDay(at('07:30', 'business'), on('2026-11-27T09:00:00-05:00'), undefined)).toBe(
      '2026-11-27',
    );
  });
});
