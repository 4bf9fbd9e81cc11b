import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AMOUNTS, startOwnCarriers, type OwnCarriers } from '#test/support/own-carriers.ts';

// Each starts processes, with a browser of their own, one after the other.
vi.setConfig({ testTimeout: 240_000 });

let own: OwnCarriers;
beforeAll(async () => {
  own = await startOwnCarriers('ridgeline-life');
});
afterAll(() => own[Symbol.asyncDispose]());

it('records a page that answers in the background and shows no day, and makes none up', async () => {
  const name = 'ridgeline-life';
  await own.sync(['new', name, '--url', `${own.addressOf(name)}/`]);
  const keep = ['Nobody of yours has this number.', 'Look up'];
  await own.sync([
    'record',
    name,
    '--number',
    'SB-1001',
    ...keep.flatMap((text) => ['--keep', text]),
  ]);
  const parser = own.codeOf(name, 'parse.mjs');
  expect(parser).toContain("number: 'Policy', status: 'Standing'");
  expect(parser).not.toContain('say it yourself');

  expect(await own.sync(['check', name, '--recording', '--accept'])).toMatchObject({ code: 0 });
  const read = await own.readLive(name, 'SB-1001', 'SB-1002', 'SB-9999');
  expect(read.code).toBe(0);
  expect(read.lines).toEqual(
    expect.arrayContaining([
      ...AMOUNTS.map((amount) => expect.stringContaining(`${amount} USD, no date shown`)),
      'Status  Surrendered -> closed',
      'Surrender Value  named without an amount',
      'The portal says that this login has no such policy.',
    ]),
  );
  const mutants = await own.sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(mutants.code).toBe(0);
});
