import { expect, it } from 'vitest';
import { AMOUNTS, useOwnCarriers } from '#test/support/own-carriers.ts';

const house = useOwnCarriers('ridgeline-life');

it('records a page that answers in the background and shows no day, and makes none up', async () => {
  const name = 'ridgeline-life';
  await house.own.sync(['new', name, '--url', `${house.own.addressOf(name)}/`]);
  const keep = ['Nobody of yours has this number.', 'Look up'];
  await house.own.sync([
    'record',
    name,
    '--number',
    'SB-1001',
    ...keep.flatMap((text) => ['--keep', text]),
  ]);
  const parser = house.own.codeOf(name, 'parse.mjs');
  expect(parser).toContain("number: 'Policy', status: 'Standing'");
  expect(parser).not.toContain('say it yourself');

  expect(await house.own.sync(['check', name, '--recording', '--accept'])).toMatchObject({
    code: 0,
  });
  const read = await house.own.readLive(name, 'SB-1001', 'SB-1002', 'SB-9999');
  expect(read.code).toBe(0);
  expect(read.lines).toEqual(
    expect.arrayContaining([
      ...AMOUNTS.map((amount) => expect.stringContaining(`${amount} USD, no date shown`)),
      'Status  Surrendered -> closed',
      'Surrender Value  named without an amount',
      'The portal says that this login has no such policy.',
    ]),
  );
  const mutants = await house.own.sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(mutants.code).toBe(0);
});
