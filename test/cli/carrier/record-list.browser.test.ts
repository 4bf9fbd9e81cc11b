import { expect, it } from 'vitest';
import { useOwnCarriers } from '#test/support/own-carriers.ts';

const house = useOwnCarriers('lakeside-benefit');

const recordList = async (name: string, book: string) => {
  const address = house.own.addressOf('lakeside-benefit');
  await house.own.sync(['new', name, '--url', `${address}/log-on`]);
  return house.own.sync(['record', name, '--number', 'SB-1001', '--book', book]);
};

it('records the list of all policies behind a link, a line for each, and reads it screen by screen', async () => {
  const name = 'lakeside-listed';
  const recorded = await recordList(name, 'open All contracts');
  expect(recorded.out).toContain('Wrote into index.mjs: readBook, parseBook');
  expect((await house.own.sync(['check', name, '--recording', '--accept'])).out).toContain(
    '5 of 5 recorded',
  );
  const { code, lines } = await house.own.readLive(name, 'SB-1001', 'SB-1002', '--book');
  expect(code).toBe(0);
  expect(lines).toEqual(
    expect.arrayContaining([
      '40 policies on 3 screens, of 40',
      'SB-1001  as it is read alone',
      'SB-1002  as it is read alone',
    ]),
  );
  const mutants = await house.own.sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
});

it('keeps what it recorded of a policy where the list is not come to', async () => {
  const name = 'lakeside-unlisted';
  const recorded = await recordList(name, 'open Everything');
  expect(recorded).toMatchObject({
    code: 0,
    out: expect.stringContaining(
      'The list of all policies was not recorded: The step "open Everything" found nothing to use',
    ),
  });
  expect(house.own.codeOf(name, 'parse.mjs')).toContain('Contract status');
});
