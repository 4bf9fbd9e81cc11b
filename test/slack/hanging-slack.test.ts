import { afterEach, expect, it } from 'vitest';
import { answerTo } from '#test/support/firm.ts';
import { forger } from '#test/support/forgery.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

/** No ack waits for an answer of Slack's: a person would read of a failure that there was none of. */

const firm = useFirm();
afterEach(() => firm.client.faults({}));

const hanging = (method: string) => ({
  hang: [{ method, times: 1_000_000, carriedOut: false }],
});

const policyOf = async (number: string): Promise<string> =>
  (
    await firm.db
      .selectFrom('policy')
      .select('id')
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
  ).id;

const requestsFor = async (number: string) =>
  firm.db
    .selectFrom('request')
    .select(['asked_in', 'channel'])
    .where('policy_id', '=', await policyOf(number))
    .execute();

it('acknowledges a command whose channel Slack does not tell of, and its request is there', async () => {
  // Nobody has asked who she is or what that channel is before.
  await firm.client.command(ANA, 'dm', '/sync help');
  await answerTo(firm, ANA, 'dm', 'straight from the carrier');
  await firm.client.faults(hanging('conversations.info'));
  expect(await firm.client.command(ANA, TEAM, '/sync policy 00123-4567')).toEqual({ ok: true });
  expect(await requestsFor('00123-4567')).toHaveLength(1);
});

const TYPED =
  '00312-9085, chen, chen family trust, policy, policy chen, contact, contact chen family trust, chen family trust before friday 3pm, status, sources, hold, history 00312-9085, digest, report, team, meetings, show case 1, help, polcy chen, 00276-1185 and 00118-2276';
const BUTTONS =
  'sync-policy, sync-contact, open-policy-picker, open-contact-picker, link, status-refresh, history-of:0, show-digest, choose-status, meeting-pick, team-change, home-history, home-refresh, no-such-button';

it('acknowledges whatever comes while no call to Slack is answered', async () => {
  const { workspace, teamId } = firm.local.workspace;
  const forge = forger(firm, TEAM);
  const from = { person: ANA, channel: TEAM };
  // Each is asked for in one place alone.
  const [policy, other] = [await policyOf('00312-9085'), await policyOf('00229-5167')];
  const contact = await firm.db
    .selectFrom('contact')
    .select('id')
    .where('name', '=', 'Chen Family Trust')
    .executeTakeFirstOrThrow();
  const source = await firm.sourceId('S-NB-ANA');
  const value = JSON.stringify({ policy, source, contact: contact.id, minutes: 30 });
  const origin = { askedIn: TEAM, channel: TEAM };
  const ticked = {
    [`policies:northbridge-life`]: { policies: { selected_options: [{ value: policy }] } },
  };
  const person = { id: ANA, team_id: teamId };
  let events = 0;
  const event = (payload: object) => {
    events += 1;
    return workspace.forge('events_api', from, {
      type: 'event_callback',
      team_id: teamId,
      api_app_id: 'ASYNCBOT1',
      event_id: `EvHANG${events}`,
      authorizations: [{ team_id: teamId, user_id: 'USYNCBOT1', is_bot: true }],
      event: { user: ANA, team: teamId, ts: `${events}.1`, event_ts: `${events}.1`, ...payload },
    });
  };
  const interaction = (payload: object) =>
    workspace.forge('interactive', from, { team: { id: teamId }, user: person, ...payload });
  const named = (names: string, send: (name: string) => Promise<{ kind: string }>) =>
    Object.fromEntries(names.split(', ').map((name) => [name, () => send(name)]));
  const entries: Record<string, () => Promise<{ kind: string }>> = {
    ...named(TYPED, (words) => forge.command(ANA, words)),
    ...named(BUTTONS, (name) => forge.click(ANA, name, value)),
    'Sync in Home': () => forge.click(ANA, 'home-sync', JSON.stringify({ policy: other })),
    'a policy that is picked': () =>
      forge.submit(ANA, 'pick-policy', JSON.stringify({ origin }), {
        policy: { 'policy-search': { selected_option: { value: policy } } },
      }),
    'a login that is picked': () =>
      forge.submit(ANA, 'pick-source', JSON.stringify({ origin, policy }), {
        source: { source: { selected_option: { value: source } } },
      }),
    'policies of a contact': () =>
      forge.submit(
        ANA,
        'pick-contact-policies',
        JSON.stringify({ origin, contact: contact.id }),
        ticked,
      ),
    'policies of a message': () =>
      forge.submit(ANA, 'pick-message-policies', JSON.stringify({ origin }), ticked),
    'a meeting from the modal of a contact': () =>
      forge.submit(ANA, 'pick-contact-policies', JSON.stringify({ origin, contact: contact.id }), {
        ...ticked,
        meeting: { 'meeting-at': { selected_date_time: 4_000_000_000 } },
      }),
    'a role that is changed': () =>
      forge.submit('UOLIVIA01', 'change-role', '', {
        person: { person: { selected_user: 'UBENCART1' } },
        role: { role: { selected_option: { value: 'advisor' } } },
      }),
    'a command of somebody whom Slack does not name': () => forge.command('UBENCART1', 'help'),
    'a modal that nobody knows': () => forge.submit(ANA, 'no-such-modal', '', {}),
    'a search': () =>
      interaction({
        type: 'block_suggestion',
        action_id: 'policy-search',
        block_id: 'policy',
        value: 'chen',
      }),
    'a search of somebody unknown': () =>
      workspace.forge('interactive', from, {
        type: 'block_suggestion',
        action_id: 'policy-search',
        block_id: 'policy',
        value: 'chen',
        team: { id: teamId },
        user: { id: 'UNOBODY01', team_id: teamId },
      }),
    'a shortcut': () => interaction({ type: 'shortcut', callback_id: 'sync-policy-anywhere' }),
    "the shortcut in a message's menu": () =>
      interaction({
        type: 'message_action',
        callback_id: 'sync-from-message',
        channel: { id: TEAM, name: 'team' },
        message: { type: 'message', ts: '1.1', user: ANA, text: 'About 00312-9085' },
      }),
    'a step of a workflow': () =>
      event({
        type: 'function_executed',
        function: { id: 'Fn1', callback_id: 'sync-policy-step', input_parameters: [] },
        inputs: { policy_number: '00504-2269', person: { id: ANA, secret: 's' } },
        function_execution_id: 'FxHANG1',
        workflow_execution_id: 'Wx1',
        bot_access_token: 'xwfp-hang',
      }),
    'a mention': () =>
      event({ type: 'app_mention', channel: TEAM, text: '<@USYNCBOT1> 00774-1099' }),
    'a direct message': () =>
      event({ type: 'message', channel_type: 'im', channel: 'DANARUIZ1', text: '00560-4413' }),
    'Home that is opened': () =>
      event({ type: 'app_home_opened', tab: 'home', channel: 'DANARUIZ1' }),
  };
  // Who these two are is known; whoever else comes is asked about, for a second at most.
  for (const known of [ANA, 'UOLIVIA01']) {
    await firm.client.command(known, 'dm', '/sync help');
    await answerTo(firm, known, 'dm', 'straight from the carrier');
  }
  await firm.client.faults(hanging('*'));
  const heard: [name: string, kind: string][] = [];
  for (const [name, send] of Object.entries(entries)) heard.push([name, (await send()).kind]);
  expect(heard.filter(([, kind]) => kind !== 'acked')).toEqual([]);
}, 60_000);
