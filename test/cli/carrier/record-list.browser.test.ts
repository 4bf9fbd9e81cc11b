import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startOwnCarriers, type OwnCarriers } from '#test/support/own-carriers.ts';

// Each starts processes, with a browser of their own, one after the other.
vi.setConfig({ testTimeout: 240_000 });

let own: OwnCarriers;
beforeAll(async () => {
  own = await startOwnCarriers('lakeside-benefit');
});
afterAll(() => own[Symbol.asyncDispose]());

it('records the list of all policies behind a link, a line for each, and reads it screen by screen', async () => {
  const name = 'lakeside-listed';
  await own.sync(['new', name, '--url', `${own.addressOf('lakeside-benefit')}/log-on`]);
  const recorded = await own.sync([
    'record',
    name,
    '--number',
    'SB-1001',
    '--book',
    'open All contracts',
  ]);
  expect(recorded.out).toContain('Wrote into index.mjs: readBook, parseBook');
  expect((await own.sync(['check', name, '--recording', '--accept'])).out).toContain(
    '5 of 5 recorded',
  );
  const { code, lines } = await own.readLive(name, 'SB-1001', 'SB-1002', '--book');
  expect(code).toBe(0);
  expect(lines).toEqual(
    expect.arrayContaining([
      '40 policies on 3 screens, of 40',
      'SB-1001  as it is read alone',
      'SB-1002  as it is read alone',
    ]),
  );
  const mutants = await own.sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
});

it('keeps what it recorded of a policy where the list is not come to', async () => {
  const name = 'lakeside-unlisted';
  await own.sync(['new', name, '--url', `${own.addressOf('lakeside-benefit')}/log-on`]);
  const recorded = await own.sync([
    'record',
    name,
    '--number',
    'SB-1001',
    '--book',
    'open Everything',
  ]);
  expect(recorded).toMatchObject({
    code: 0,
    out: expect.stringContaining(
      'The list of all policies was not recorded: The step "open Everything" found nothing to use',
    ),
  });
  expect(own.codeOf(name, 'parse.mjs')).toContain('Contract status');
});
