import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_NUMBERS } from '#simulator/portals/sandbox.ts';
import type { BookReading, PolicySnapshot, PortalSession } from '#portal/portal.ts';
import type { JsonPortal } from '#portal/contract.ts';
import { createPortals } from '#portal/portals.ts';
import { MERIDIAN, NORTHBRIDGE, openHouse } from '#test/support/portals.ts';
import { sandboxSession, screensOf } from '#test/support/sandbox.ts';

let house: Awaited<ReturnType<typeof openHouse>>;
const { fine, closed, badRow, breaksOff } = SANDBOX_NUMBERS;

beforeAll(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await house.northbridge.reset();
  await house.meridian.reset();
});
afterAll(() => house[Symbol.asyncDispose]());

const signedIn = (
  user: string,
  source = NORTHBRIDGE,
  portals = house.portals,
): Promise<PortalSession> => sandboxSession(portals, source.carrierId, user);

const entriesOf = (screens: readonly BookReading[]): PolicySnapshot[] =>
  screens.flatMap((screen) => (screen.kind === 'page' ? screen.entries : []));

const PORTALS = [NORTHBRIDGE, MERIDIAN].map((source) => [source.carrierId, source] as const);

describe.each(PORTALS)('the book of %s', (_carrier, source) => {
  it('comes whole, screen by screen, with what a single read says of each policy', async () => {
    await using session = await signedIn('sandbox', source);
    const screens = await screensOf(session);
    expect(screens.map((screen) => screen.kind === 'page' && screen.entries.length)).toEqual([
      25, 15,
    ]);
    expect(screens.at(-1)).toMatchObject({ total: 40, unreadable: [] });
    const entries = entriesOf(screens);
    for (const number of [fine, closed, SANDBOX_NUMBERS.partial]) {
      const single = await session.read(number);
      expect(single.kind === 'found' && single.snapshot).toEqual(
        entries.find((entry) => entry.number === number),
      );
    }
  });

  it('that is empty is said so by the portal', async () => {
    await using session = await signedIn('sandbox-empty-book', source);
    expect(await screensOf(session)).toEqual([
      { kind: 'page', entries: [], unreadable: [], total: 0 },
    ]);
  });

  it('leaves out a row that cannot be read, which can be read singly', async () => {
    await using session = await signedIn('sandbox-bad-row', source);
    const [screen] = await screensOf(session);
    expect(screen).toMatchObject({
      entries: [{ number: fine }, { number: closed }],
      unreadable: [{ row: 2 }],
      total: 3,
    });
    expect((await session.read(badRow)).kind).toBe('found');
  });

  it('ends with the trouble when it breaks off, after the screens that came', async () => {
    await using session = await signedIn('sandbox-breaks-off', source);
    const [first, second, ...others] = await screensOf(session);
    expect(first).toMatchObject({ kind: 'page', total: 41 });
    expect(second).toMatchObject({ kind: 'failure', reason: 'carrier-down' });
    expect(others).toEqual([]);
    expect((await session.read(fine)).kind).toBe('found');
    expect(await session.read(breaksOff)).toMatchObject({ reason: 'carrier-down' });
  });

  it('ends when the portal ends the session in its middle', async () => {
    await using session = await signedIn('sandbox-session-ended', source);
    const screens = await screensOf(session);
    expect(screens.at(-1)).toMatchObject({ kind: 'failure', reason: 'session-ended' });
  });

  it('in a layout that nobody knows is no book', async () => {
    await using session = await signedIn('sandbox-changed-page', source, house.hasty);
    expect(await screensOf(session)).toMatchObject([{ reason: 'portal-changed' }]);
  });

  it('with a column under another name is no book, rather than one without its values', async () => {
    const portal = house.of(source.carrierId);
    await portal.set(closed, { values: [{ name: 'Exit Value', amount: '0', asOf: '0' }] });
    await portal.set(fine, { values: [{ name: 'Exit Value', amount: '1.00', asOf: '0' }] });
    await using session = await signedIn('sandbox-bad-row', source);
    expect(await screensOf(session)).toMatchObject([
      { kind: 'failure', reason: 'portal-changed', detail: expect.stringContaining('not know') },
    ]);
  });

  it('may be left early, and a policy read after it', async () => {
    await using session = await signedIn('sandbox', source);
    for await (const screen of session.readBook?.() ?? []) {
      expect(screen.kind).toBe('page');
      break;
    }
    expect((await session.read(fine)).kind).toBe('found');
  });
});

describe.each(['granite-mutual', 'harbor-trust', 'summit-fidelity'])(
  'the book of %s, in frames, cards or a file',
  (carrierId) => {
    it('has what a single read says of each policy, closed ones among them', async () => {
      await using session = await sandboxSession(house.portals, carrierId, 'sandbox');
      const screens = await screensOf(session);
      expect(screens.at(-1)).toMatchObject({ total: 40, unreadable: [] });
      const entries = entriesOf(screens);
      expect(entries).toHaveLength(40);
      for (const number of [fine, closed, SANDBOX_NUMBERS.partial]) {
        const single = await session.read(number);
        expect(single.kind === 'found' && single.snapshot).toEqual(
          entries.find((entry) => entry.number === number),
        );
      }
    });
  },
);

describe('the JSON of a portal', () => {
  it('is asked without driving the page', async () => {
    await using session = await signedIn('sandbox', MERIDIAN);
    const before = await house.meridian.reads(fine);
    expect(await session.read(fine)).toMatchObject({
      kind: 'found',
      snapshot: { number: fine, values: [{ amount: { minor: 4125075 } }, {}, {}] },
    });
    expect(await session.read(SANDBOX_NUMBERS.absent)).toMatchObject({
      kind: 'absent',
      closeNumbers: expect.arrayContaining([fine]) as string[],
    });
    const after = await house.meridian.reads(fine);
    expect([after.searches - before.searches, after.reads - before.reads]).toEqual([1, 1]);
  });

  it('that ended the session is told apart by the words of the page', async () => {
    await using first = await signedIn('sandbox-session-ended', MERIDIAN);
    expect(await first.read(fine)).toMatchObject({ kind: 'failure', reason: 'session-ended' });
    await using second = await signedIn('sandbox-signed-in-elsewhere', MERIDIAN);
    expect(await second.read(fine)).toMatchObject({ kind: 'failure', reason: 'session-conflict' });
  });

  it('that fails is carrier down, without asking the page too', async () => {
    await using session = await signedIn('sandbox-error-page', MERIDIAN);
    const before = await house.meridian.reads(SANDBOX_NUMBERS.errorPage);
    expect(await session.read(SANDBOX_NUMBERS.errorPage)).toMatchObject({ reason: 'carrier-down' });
    const after = await house.meridian.reads(SANDBOX_NUMBERS.errorPage);
    expect(after.reads - before.reads).toBe(1);
  });

  it('that is not understood is read from the page instead, and in the end no longer asked for', async () => {
    let asked = 0;
    const carriers = house.carriers.map((carrier) => ({
      ...carrier,
      readJson: async (portal: JsonPortal) => {
        asked += 1;
        return { json: { search: await portal.get('/app.css') } };
      },
    }));
    const portals = createPortals({ ...house, clock: () => house.time.now, carriers });
    await using session = await sandboxSession(portals, MERIDIAN.carrierId, 'sandbox');
    for (const number of [fine, closed, fine, closed, fine])
      expect((await session.read(number)).kind).toBe('found');
    expect(asked).toBe(3);
  });

  it('is asked nowhere but at the origins of the carrier', async () => {
    const refused: string[] = [];
    const carriers = house.carriers.map((carrier) => ({
      ...carrier,
      readJson: async (portal: JsonPortal) => {
        const address = `${house.northbridge.url}/book`;
        await portal.get(address).catch((error: Error) => refused.push(error.message));
        return { json: {} };
      },
    }));
    const portals = createPortals({ ...house, clock: () => house.time.now, carriers });
    await using session = await sandboxSession(portals, MERIDIAN.carrierId, 'sandbox');
    expect((await session.read(fine)).kind).toBe('found');
    expect(refused).toEqual(['An address is outside the origins of the carrier']);
  });
});
