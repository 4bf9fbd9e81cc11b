import { expect, it } from 'vitest';
import { useOwnCarriers } from '#test/support/own-carriers.ts';

const house = useOwnCarriers('granite-mutual');

it('records a register in frames with a line for each value, and a window for each policy', async () => {
  const name = 'granite-own';
  await house.own.sync(['new', name, '--url', `${house.own.addressOf('granite-mutual')}/signon`]);
  const steps = ['fill Policy Number:', 'choose All policies in Show:', 'press Find', 'open View'];
  const book = ['open Policy Register', 'choose All policies in Show:', 'press Display'];
  const recorded = await house.own.sync([
    'record',
    name,
    '--number',
    'SB-1001',
    '--signed-in',
    'Sign Off',
    '--keep',
    'NO POLICIES FOUND FOR THIS SELECTION',
    ...steps.flatMap((step) => ['--step', step]),
    ...book.flatMap((step) => ['--book', step]),
  ]);
  expect(recorded.out).toContain('Wrote book.mjs');
  expect(house.own.codeOf(name, 'way.mjs')).toContain('kit.popup(page');
  expect(await house.own.sync(['check', name, '--recording', '--accept'])).toMatchObject({
    code: 0,
  });
  const { code, lines } = await house.own.readLive(name, 'SB-1001', 'SB-9999', '--book');
  expect(code).toBe(0);
  expect(lines).toEqual(
    expect.arrayContaining([
      'The portal says that this login has no such policy.',
      '40 policies on 2 screens, of 40',
      'SB-1001  as it is read alone',
    ]),
  );
  const mutants = await house.own.sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
});
