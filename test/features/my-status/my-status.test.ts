import { expect, it } from 'vitest';
import { statusOf } from '#features/my-status/my-status.ts';
import { statusClicks, statusMessage, statusWith } from '#features/my-status/slack.ts';
import type { SlackDeps } from '#slack/deps.ts';
import type { Click } from '#slack/listen.ts';
import { setLinked } from '#test/support/logins.ts';
import type { Reason } from '#shared/outcome.ts';
import type { ItemView } from '#core/requests/view.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { openRequests } from '#features/my-status/store.ts';
import { addWaitingSync, openLinkFirm } from '#test/support/link-firm.ts';
import { heldOf, itemOf, NOW, viewOf } from '#test/support/views.ts';

/** A status of these requests, each asked for in its own channel. */
const statusFor = (asked: readonly { channel: string; item: ItemView }[]) => {
  const views = asked.map(({ channel, item }, index) => ({
    ...viewOf(item),
    id: `r${index}`,
    channel,
  }));
  const settings = { now: NOW, canLink: true };
  const status = { ...statusOf(views, views.length), sources: [], paused: [], parts: [] };
  const { text, blocks } = statusMessage(status, settings);
  const beside = blocks.flatMap((block) =>
    block.type === 'section' && block.accessory?.type === 'button' ? [block.accessory] : [],
  );
  const links = blocks.flatMap((block) =>
    block.type === 'actions' && block.block_id === 'links' ? block.elements : [],
  );
  return {
    text,
    links: links.flatMap((each) => (each.type === 'button' ? [each.text.text] : [])),
    problems: blockProblems(blocks, 'message'),
    beside: beside.map(({ text: { text: words } }) => words),
    heard: beside.map((each) => each.accessibility_label ?? each.text.text),
  };
};

const settled = { how: 'accepted', by: 'Ana Ruiz', at: NOW } as const;

const twice = (reason: Reason, more: Partial<ItemView> = {}) =>
  statusFor([
    { channel: 'CTEAM0001', item: itemOf(reason, more) },
    { channel: 'D0ANA', item: itemOf(reason, more) },
  ]);

it('tells two requests for one policy by their places, and gives each its Cancel', () => {
  const { text, heard } = twice('waiting');
  expect(text).toMatch(/00123-4567, asked for in <#CTEAM0001> at/);
  expect(text).toMatch(/00123-4567, asked for in our direct messages at/);
  expect(heard).toEqual([
    'Cancel the waiting syncs of 00123-4567, 1 of 2',
    'Cancel the waiting syncs of 00123-4567, 2 of 2',
  ]);
});

it('says no place of a policy that was asked for once', () => {
  const { text, heard } = statusFor([{ channel: 'CTEAM0001', item: itemOf('waiting') }]);
  expect(text).not.toContain('asked for in');
  expect(heard).toEqual(['Cancel the waiting syncs of 00123-4567']);
});

it('ends the hold of a login with one button, whatever waits for it', () => {
  expect(twice('on-hold').heard).toEqual([
    'End the hold of Ana at Northbridge',
    'Cancel the waiting syncs of 00123-4567, 2 of 2',
  ]);
});

it('asks for one code once', () => {
  const { heard } = twice('code-needed', { codeFor: '01SIGNIN' });
  expect(heard).toEqual(['Enter code for Ana at Northbridge']);
});

it('is taken by Slack where several syncs wait for one login and others for another', () => {
  const waiting = (login: string): { channel: string; item: ItemView } => {
    const item = itemOf('waiting-for-link');
    const source = { ...item.source, id: login, name: login, linked: false, mayLink: true };
    return { channel: 'CTEAM0001', item: { ...item, source } };
  };
  const { links, problems } = statusFor(['A', 'B', 'A', 'C'].map(waiting));
  expect(problems).toEqual([]);
  expect(links).toEqual(['Link A', 'Link B', 'Link C']);
});

it('offers no new link of a login whose code is asked for', () => {
  const { source } = itemOf('code-needed');
  const more = { codeFor: '01SIGNIN', source: { ...source, linked: false, mayLink: true } };
  expect(twice('code-needed', more).links).toEqual([]);
});

it('shows values that wait for somebody to confirm them, once for two who read them', () => {
  const { text, heard } = twice('implausible');
  expect(text).toContain('2 need you');
  expect(heard).toEqual(['Look at the values of 00123-4567']);
  expect(twice('implausible', { held: heldOf({ settled }) }).text).toContain('No sync of yours');
});

it('finds a request whose values wait for somebody, until they have said', async () => {
  await using firm = await openLinkFirm();
  const { db, store, clock } = firm;
  await addWaitingSync(firm);
  const ended = { status: 'failed', reason: 'implausible', finished_at: clock() } as const;
  await db.updateTable('sync').set(ended).execute();
  const value = { id: 'held', policy_id: 'policy', sync_id: 'sync', reading: '{}' };
  await db
    .insertInto('held_value')
    .values({ ...value, held_at: clock() })
    .execute();
  await db.insertInto('held_sync').values({ sync_id: 'sync', held_id: 'held' }).execute();
  expect(await openRequests(store, 'dana', 10)).toEqual({ ids: ['request'], total: 1 });
  await db.updateTable('held_value').set({ settled: 'accepted' }).execute();
  expect(await openRequests(store, 'dana', 10)).toEqual({ ids: [], total: 0 });
});

it.each([
  ['session-conflict', { status: 'queued' }, 'Run now'],
  ['implausible', {}, 'Look'],
  ['on-hold', {}, 'End the hold'],
  ['code-needed', { codeFor: '01SIGNIN' }, 'Enter code'],
] as const)('of %s, a button leaves the words beside it room on a phone', (reason, more, text) => {
  const item = itemOf(reason, more);
  expect(statusFor([{ channel: 'CTEAM0001', item }]).beside).toEqual([text]);
});

it('runs now what waited for its person at the portal, and shows the list anew', async () => {
  await using firm = await openLinkFirm();
  const { db, clock } = firm;
  await addWaitingSync(firm);
  await setLinked(db, true, 'source');
  const hers = { slack_user_id: 'U0DANA' };
  await db.updateTable('person').set(hers).where('id', '=', 'dana').execute();
  const later = clock() + 12 * 60_000;
  await db
    .updateTable('sync')
    .set({ status: 'queued', reason: 'session-conflict', not_before: later })
    .execute();
  const deps = {
    ...firm,
    show: () => Promise.resolve(),
    openBooks: false,
    settings: {},
  } as unknown as SlackDeps;
  const dana = { id: 'dana', role: 'advisor', active: true } as const;
  const by = { actor: dana, channel: 'D0DANA' } as unknown as Click;
  const status = statusWith([]);
  const button = (await status(deps, dana)).blocks.flatMap((block) =>
    block.type === 'section' && block.accessory?.type === 'button' ? [block.accessory] : [],
  )[0];
  expect(button?.text.text).toBe('Run now');
  const click = statusClicks(status).find(({ name }) => name === button?.action_id);
  expect(click?.where).toBe('in-place');
  const said = JSON.stringify(await click?.run(deps, by, button?.value));
  expect(firm.woken).toEqual(['source']);
  expect(said).toContain('Your syncs now');
  expect(said).not.toContain('Run now');
  const foreign = { ...by, actor: { ...dana, id: 'omar' } } as unknown as Click;
  const refused = await click?.run(deps, foreign, button?.value);
  expect(JSON.stringify(refused)).toContain('Only the person who asked');
});
