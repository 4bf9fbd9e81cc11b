import { expect, it } from 'vitest';
import { answerTo, startFirm, type TestFirm } from '#test/support/firm.ts';
import { scriptPortals } from '#test/support/scripted-portals.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';
import { freshState } from '#features/home/state.ts';
import { keepWish } from '#features/home/store.ts';

const healthOf = async (firm: TestFirm) => {
  const answer = await fetch(`${firm.bot.url}/health`);
  return { status: answer.status, ...((await answer.json()) as object) };
};
const WELL = { status: 200, ok: true };

const told = (firm: TestFirm, token: string): string[] =>
  firm.logged().filter((line) => line.includes(`Slack refuses ${token}`));

it('a revoked bot token is told of once, is asked with no more, and makes the bot unwell', async () => {
  await using firm = await startFirm();
  expect(await healthOf(firm)).toEqual(WELL);
  await firm.client.command(ANA, TEAM, '/sync policy 00123-4567');
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'a card',
    that: ({ ephemeral, threadTs }) => !ephemeral && threadTs === undefined,
  });
  const { workspace } = firm.local.workspace;
  workspace.revokeToken('bot');
  // Its card has something new to show, which Slack does not take.
  await firm.db
    .updateTable('request')
    .set((of) => ({ version: of('version', '+', 1), channel_note: 'Something new.' }))
    .execute();
  await firm.bot.sweep();
  await expect
    .poll(() => healthOf(firm))
    .toEqual({
      status: 503,
      ok: false,
      problems: ['Slack refuses SLACK_BOT_TOKEN'],
    });
  const asked = () => workspace.calls().filter(({ error }) => error === 'invalid_auth').length;
  const first = asked();
  for (let n = 0; n < 5; n += 1) {
    await firm.db
      .updateTable('request')
      .set((of) => ({ version: of('version', '+', 1), channel_note: `Something newer, ${n}.` }))
      .execute();
    await firm.bot.sweep();
  }
  expect(asked()).toBe(first);
  expect(told(firm, 'SLACK_BOT_TOKEN')).toHaveLength(1);
  expect(firm.logged().join('\n')).not.toContain('could not be sent yet');
});

it('who types under a revoked bot token is still answered', async () => {
  await using firm = await startFirm();
  firm.local.workspace.workspace.revokeToken('bot');
  await firm.client.command(ANA, TEAM, '/sync digest');
  await answerTo(firm, ANA, TEAM, "or that I can't look into");
  await firm.client.command(ANA, 'dm', '/sync status');
  await answerTo(firm, ANA, 'dm', 'No sync of yours is running or waiting');
  expect(told(firm, 'SLACK_BOT_TOKEN')).toHaveLength(1);
});

it('a Home shows what was pressed under a revoked bot token, also after a restart', async () => {
  await using firm = await startFirm();
  const home = async () => JSON.stringify((await firm.client.state(ANA)).home ?? '');
  await firm.client.openHome(ANA);
  await expect.poll(home).toContain('home-filter:not-synced');
  const { workspace } = firm.local.workspace;
  workspace.revokeToken('bot');
  await firm.client.click({ as: ANA, home: true, actionId: 'home-filter:not-synced' });
  const wishes = () => firm.db.selectFrom('home_wish').select('slack_user_id').execute();
  await expect.poll(wishes).toHaveLength(1);
  workspace.restoreTokens();
  await firm.stopBot();
  await firm.startBotAgain();
  await expect.poll(home).toContain('Shown: Not synced');
  await expect.poll(wishes).toEqual([]);
});

it('what was pressed in a Home long ago is not shown any more, and not kept', async () => {
  const time = { now: Date.parse('2026-03-04T15:00:00Z') };
  await using firm = await startFirm({ clock: () => time.now });
  const state = JSON.stringify({ ...freshState(time.now), filter: 'not-synced' });
  await keepWish(firm, { userId: ANA, state, at: time.now });
  await keepWish(firm, { userId: BEN, state, at: time.now - 16 * 60_000 });
  await firm.bot.sweep();
  await expect
    .poll(async () => JSON.stringify((await firm.client.state(ANA)).home ?? ''))
    .toContain('Shown: Not synced');
  expect((await firm.client.state(BEN)).home).toBeUndefined();
  await expect
    .poll(() => firm.db.selectFrom('home_wish').select('slack_user_id').execute())
    .toEqual([]);
});

it('a workflow that waits under a revoked bot token goes on when Slack takes the token again', async () => {
  const time = { now: Date.parse('2026-03-04T15:00:00Z') };
  await using firm = await startFirm({ clock: () => time.now });
  const at = scriptPortals(firm.facts, () => time.now);
  at.pause('00123-4567');
  await using _worker = await firm.work(at.portals);
  await firm.client.runStep({
    as: ANA,
    channel: TEAM,
    callbackId: 'sync-policy-step',
    inputs: { policy_number: '00123-4567' },
  });
  await expect.poll(() => at.held()).toContain('00123-4567');
  const { workspace } = firm.local.workspace;
  workspace.revokeToken('bot');
  at.releaseAll();
  await expect.poll(() => told(firm, 'SLACK_BOT_TOKEN')).toHaveLength(1);
  await expect
    .poll(() => firm.db.selectFrom('request').select('ended_at').executeTakeFirst())
    .not.toEqual({ ended_at: null });
  for (let n = 0; n < 5; n += 1) await firm.bot.sweep();
  expect(firm.logged().filter((line) => line.includes('invalid_auth'))).toEqual(
    told(firm, 'SLACK_BOT_TOKEN'),
  );
  workspace.restoreTokens();
  time.now += 15 * 60_000;
  await firm.bot.sweep();
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the workflow to go on',
    that: ({ text }) => /^Workflow: .*Status: Success/s.test(text),
  });
});

it('a revoked app token ends the connections, not the process, and is told of once', async () => {
  await using firm = await startFirm();
  const { workspace } = firm.local.workspace;
  workspace.revokeToken('app');
  await expect
    .poll(() => healthOf(firm))
    .toEqual({
      status: 503,
      ok: false,
      problems: ['Slack refuses SLACK_APP_TOKEN', 'no connection to Slack'],
    });
  expect(told(firm, 'SLACK_APP_TOKEN')).toHaveLength(1);
});

it('a bot without a connection is unwell, and well again when Slack is back', async () => {
  await using firm = await startFirm();
  const { workspace } = firm.local.workspace;
  await workspace.pause();
  await expect
    .poll(() => healthOf(firm))
    .toMatchObject({
      status: 503,
      problems: ['no connection to Slack'],
    });
  await workspace.resume();
  await expect.poll(() => healthOf(firm), { timeout: 40_000 }).toEqual(WELL);
});
