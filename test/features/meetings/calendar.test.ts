import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchCalendar, isPublic } from '#features/meetings/calendar/fetch.ts';
import { occurrencesIn } from '#features/meetings/calendar/occurrences.ts';
import { meantBy, type Known } from '#features/meetings/calendar/rules.ts';
import { meetingOf, twentyEvents } from '#test/support/calendar.ts';

const NOW = Date.parse('2026-11-23T14:00:00Z');
const DAY = 24 * 60 * 60_000;
const NEW_YORK = 'America/New_York';
const never = new AbortController().signal;

const BOOK: Known[] = [
  { id: 'mei', name: 'Mei Chen', email: 'mei@chen.example', kind: 'individual' },
  { id: 'ann-1', name: 'Ann Lee', email: 'ann@one.example', kind: 'individual' },
  { id: 'ann-2', name: 'Ann Lee', email: 'ann@two.example', kind: 'individual' },
  { id: 'zoe', name: 'Zoë O’Neill', email: null, kind: 'individual' },
  { id: 'ng', name: 'Bo Ng', email: null, kind: 'individual' },
  { id: 'trust', name: 'Chen Family Trust', email: null, kind: 'organization' },
];
const event = (more: Partial<Parameters<typeof meantBy>[0]>) => ({
  uid: '1',
  nth: '',
  at: NOW,
  title: '',
  attendees: [],
  description: '',
  ...more,
});

describe('an event of a calendar', () => {
  it.each([
    ['the whole name in its title', { title: 'Review: Mei Chen' }, 'sure', ['mei']],
    ['last name first', { title: 'CHEN, MEI (annual)' }, 'sure', ['mei']],
    ['another writing of accents', { title: "Zoe O'Neill, 2nd meeting" }, 'sure', ['zoe']],
    ['who is invited', { attendees: ['Mei Chen somewhere@else.example'] }, 'sure', ['mei']],
    ['an e-mail address', { attendees: ['M. C. mei@chen.example'] }, 'sure', ['mei']],
    ['its description', { description: 'With Mei Chen, by phone' }, 'sure', ['mei']],
    ['two contacts', { title: 'Mei Chen and Zoë O’Neill' }, 'sure', ['mei', 'zoe']],
    [
      'one of two of a name, by address',
      { title: 'Ann Lee', attendees: ['ann@two.example'] },
      'sure',
      ['ann-2'],
    ],
    ['two contacts of one name', { title: 'Ann Lee' }, 'doubt', ['ann-1', 'ann-2']],
    ['a last name alone', { title: 'Call Chen back' }, 'doubt', ['mei']],
  ] as const)('means somebody of the book by %s', (_, more, kind, contacts) => {
    expect(meantBy(event(more as object), BOOK)).toEqual({ kind, contacts: [...contacts] });
  });

  it.each([
    ['nobody', { title: 'Team lunch' }],
    ['a part of another word', { title: 'Kitchen, Meighan' }],
    ['a last name in its description', { description: 'the Chen file' }],
    ['the last word of an organization', { title: 'In trust' }],
    ['a last name as short as a word', { title: 'Ng?' }],
  ])('means nobody by %s', (_, more) => {
    expect(meantBy(event(more), BOOK)).toBeUndefined();
  });
});

describe('the next week of a calendar', () => {
  it('has each time with an hour: recurring, moved, cancelled, of a foreign zone', async () => {
    const found = await occurrencesIn(twentyEvents(NOW), NOW, NOW + 7 * DAY, NEW_YORK);
    const at = (title: string) =>
      found.filter((each) => each.title === title).map((each) => new Date(each.at).toISOString());
    // Weekly at 10:00 in New York: the one of this week was moved to 13:00, the next was cancelled.
    expect(at('Weekly: Margaret Chen')).toEqual(['2026-11-24T18:00:00.000Z']);
    expect(at('Standing call Beatriz Coelho')).toHaveLength(5);
    expect(at('Tokyo: Siobhán O’Brien')).toEqual(['2026-11-25T00:00:00.000Z']);
    expect(at('Birthday of Margaret Chen')).toEqual([]);
    expect(at('Cancelled: Margaret Chen')).toEqual([]);
    expect(at('Long ago')).toEqual([]);
    expect(at('Far ahead: Margaret Chen')).toEqual([]);
  });

  it('has an hour without a zone in that of the calendar, else of its person', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Tokyo';
    const floating = meetingOf({
      title: 'Mei Chen',
      start: '20261124T150000',
      more: 'RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261125T150000',
    });
    const days = async (text: string) =>
      (await occurrencesIn(text, NOW, NOW + 7 * DAY, NEW_YORK)).map(({ at }) =>
        new Date(at).toISOString(),
      );
    expect(await days(floating)).toEqual(['2026-11-24T20:00:00.000Z', '2026-11-26T20:00:00.000Z']);
    const named = (of: string) =>
      floating.replace('VERSION:2.0', `VERSION:2.0\r\nX-WR-TIMEZONE:${of}`);
    expect(await days(named('America/Los_Angeles'))).toEqual([
      '2026-11-24T23:00:00.000Z',
      '2026-11-26T23:00:00.000Z',
    ]);
    expect(await days(named('Nowhere/At all'))).toEqual(await days(floating));
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('of a text that is no calendar, or one that never ends, is a problem with a name', async () => {
    await expect(occurrencesIn('<html>', NOW, NOW + DAY, NEW_YORK)).rejects.toMatchObject({
      problem: 'not-a-calendar',
    });
    const endless = meetingOf({
      title: 'x',
      start: '20260101T000000Z',
      more: 'RRULE:FREQ=SECONDLY',
    });
    const outcome = await occurrencesIn(endless, NOW, NOW + DAY, NEW_YORK).catch(
      (error: unknown) => error,
    );
    expect(Array.isArray(outcome) || (outcome as { problem?: string }).problem).toBeTruthy();
  });
});

describe('a calendar is asked', () => {
  let server: Server;
  let base: string;
  let asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/slow') return;
      if (request.url === '/gone') response.writeHead(404).end();
      else if (request.url === '/big') response.end(Buffer.alloc(4_000_000, 'x'));
      else if (request.url?.startsWith('/to'))
        response.writeHead(302, { location: decodeURIComponent(request.url.slice(4)) }).end();
      else response.end(twentyEvents(NOW));
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const problemOf = async (url: string, hosts: readonly string[], signal = never) => {
    asked = [];
    return fetchCalendar(url, hosts, signal).then(
      () => 'read',
      (error: unknown) => {
        expect(String(error)).not.toContain(url);
        return (error as { problem: string }).problem;
      },
    );
  };
  const OWN = ['127.0.0.1'];

  it('at public addresses alone, unless a setting names its host', async () => {
    expect(await problemOf(`${base}/ok`, OWN)).toBe('read');
    expect(await problemOf(`${base}/ok`, [])).toBe('not-https');
    const port = new URL(base).port;
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '169.254.169.254'])
      expect(await problemOf(`https://${host}:${port}/ok`, [])).toBe('not-public');
    // A name is looked up, and its address looked at before anything is sent there.
    expect(await problemOf(`https://localhost:${port}/ok`, [])).toBe('not-public');
    expect(asked).toEqual([]);
  });

  it('through a few redirects, each of which is looked at again', async () => {
    const to = (url: string): string => `/to/${encodeURIComponent(url)}`;
    expect(await problemOf(`${base}${to(`${base}/ok`)}`, OWN)).toBe('read');
    expect(await problemOf(`${base}${to('https://192.168.0.1/x')}`, OWN)).toBe('not-public');
    expect(await problemOf(`${base}${to('file:///etc/passwd')}`, OWN)).toBe('not-https');
    let long = `${base}/ok`;
    for (let hop = 0; hop < 5; hop += 1) long = `${base}${to(long)}`;
    expect(await problemOf(long, OWN)).toBe('redirects');
  });

  it('within limits of size and time, and says what is wrong', async () => {
    expect(await problemOf(`${base}/big`, OWN)).toBe('too-large');
    expect(await problemOf(`${base}/gone`, OWN)).toBe('gone');
    expect(await problemOf('http://127.0.0.1:1/', OWN)).toBe('no-answer');
    const gaveUp = new AbortController();
    const slow = problemOf(`${base}/slow`, OWN, gaveUp.signal);
    await expect.poll(() => asked).toEqual(['/slow']);
    gaveUp.abort();
    expect(await slow).toBe('too-slow');
  });

  it.each([
    ['8.8.8.8', true],
    ['2606:4700::1111', true],
    ['0.0.0.0', false],
    ['100.64.1.1', false],
    ['172.20.0.1', false],
    ['::', false],
    ['::ffff:10.0.0.1', false],
    ['::ffff:a00:1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['ff02::1', false],
  ])('%s is public: %s', (address, is) => {
    expect(isPublic(address)).toBe(is);
  });
});
