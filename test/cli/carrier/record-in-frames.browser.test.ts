import { expect, it } from 'vitest';
import { AMOUNTS, useOwnCarriers } from '#test/support/own-carriers.ts';

const house = useOwnCarriers('cedar-assurance');

it('records a policy on two screens in frames, and joins them by what both show', async () => {
  const name = 'cedar-assurance';
  const made = await house.own.sync(['new', name, '--url', `${house.own.addressOf(name)}/enter`]);
  expect(made).toMatchObject({ code: 0 });
  const steps = ['fill Policy', 'press Find it', 'open Open SB-1001', 'open Values'];
  const recorded = await house.own.sync([
    'record',
    name,
    '--number',
    'SB-1001',
    '--signed-in',
    'Leave the desk',
    ...steps.flatMap((step) => ['--step', step]),
  ]);
  expect(recorded.out).toContain('Wrote way.mjs');
  expect(house.own.codeOf(name, 'index.mjs')).toContain(
    "{ when: { text: /Leave the desk/ }, is: 'signed-in' }",
  );
  const way = house.own.codeOf(name, 'way.mjs');
  for (const part of ['frame[name="work"]', 'kit.numberWithin(number)', 'homes.get(page)'])
    expect(way).toContain(part);
  // Neither the number nor the id of the login in each address.
  expect(way).not.toMatch(/SB-|\/desk/);
  expect(house.own.codeOf(name, 'parse.mjs')).toContain(
    "kit.agree([$, valued], ['Policy', 'Edition']",
  );

  expect(await house.own.sync(['check', name, '--recording', '--accept'])).toMatchObject({
    code: 0,
  });
  const read = await house.own.readLive(name, 'SB-1001', 'SB-1002', 'SB-1003', 'SB-9999');
  expect(read.code).toBe(0);
  const [account, surrender, death] = AMOUNTS;
  expect(read.lines).toEqual(
    expect.arrayContaining([
      'Status  In Force -> open',
      expect.stringMatching(`^Account Value  \\${account} USD, as of .*, fresh$`),
      expect.stringContaining(`Surrender Value  ${surrender} USD`),
      expect.stringContaining(`Death Benefit  ${death} USD`),
      'Status  Surrendered -> closed',
      'Surrender Value  named without an amount',
      'The portal says that this login has no such policy.',
    ]),
  );
  const mutants = await house.own.sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(mutants.code).toBe(0);
});
