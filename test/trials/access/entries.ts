import { hold, HELD, holdValue, notFound, openCase, PAUSE, pauseCarrier } from './hers.ts';
import { BEN, NUMBER, TEAM, type AccessWorld, type Entry, type Somebody } from './world.ts';

const click =
  (actionId: string, value: (world: AccessWorld) => object | string) =>
  (world: AccessWorld, { slackId, team }: Somebody): Promise<unknown> => {
    const given = value(world);
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    return world.forge.click(slackId, actionId, text, team);
  };

const submit =
  (callbackId: string, values: Record<string, Record<string, object>> = {}) =>
  ({ forge, source }: AccessWorld, { slackId, team }: Somebody): Promise<unknown> =>
    forge.submit(slackId, callbackId, JSON.stringify({ source }), values, team);

const SURRENDERED = { status: { status: { selected_option: { value: 'Surrendered' } } } };
const WORDS = { words: { words: { value: 'Forged words' } } };

const newLogin = (holder?: string) => ({
  carrier: { carrier: { type: 'static_select', selected_option: { value: 'northbridge-life' } } },
  name: { name: { type: 'plain_text_input', value: 'A forged login' } },
  ...(holder === undefined
    ? {}
    : { holder: { holder: { type: 'users_select', selected_user: holder } } }),
});

export const ENTRIES: Record<string, Entry> = {
  'the button of a hold': {
    action: 'source.hold',
    act: click('hold:0', ({ source }) => ({ source, minutes: 30 })),
    passes: 'changes',
  },
  'the menu, holding': {
    action: 'source.hold',
    act: click('source-menu:0', ({ source }) => ({ click: 'source-hold', source })),
    passes: 'changes',
  },
  "the button I'm done": {
    action: 'source.hold',
    first: hold,
    act: click('hold-end', ({ source }) => ({ source })),
    passes: 'changes',
  },
  'the menu, ending a hold': {
    action: 'source.hold',
    first: hold,
    act: click('source-menu:7', ({ source }) => ({ click: 'source-end-hold', source })),
    passes: 'changes',
  },
  'the modal that renames': {
    action: 'source.manage',
    act: submit('change-source:rename', {
      name: { name: { type: 'plain_text_input', value: 'Forged' } },
    }),
    passes: 'changes',
  },
  'the modal that shares': {
    action: 'source.manage',
    act: submit('change-source:share', {
      people: { people: { type: 'multi_users_select', selected_users: [BEN] } },
    }),
    passes: 'changes',
  },
  'the modal that unlinks': {
    action: 'source.manage',
    act: submit('change-source:unlink'),
    passes: 'changes',
  },
  'the modal that removes': {
    action: 'source.manage',
    act: submit('change-source:remove'),
    passes: 'changes',
  },
  'the modal that adds, for somebody else': {
    action: 'source.add',
    relation: {},
    act: submit('add-source', newLogin('UOLIVIA01')),
    passes: 'changes',
  },
  'the modal that adds, for oneself': {
    action: 'source.add',
    relation: { holds: true },
    act: submit('add-source', newLogin()),
    passes: 'changes',
  },
  'the list of the whole firm': {
    action: 'source.manage',
    relation: {},
    act: click('source-list:firm', () => 'firm:0'),
    passes: /S[a-z]+ desk – Meridian.*Ben – Meridian|Ben – Meridian.*S[a-z]+ desk – Meridian/s,
  },
  'the modal that changes a role': {
    action: 'team.change',
    act: submit('change-role', {
      person: { person: { type: 'users_select', selected_user: 'USAMOKAF1' } },
      role: { role: { type: 'radio_buttons', selected_option: { value: 'owner' } } },
    }),
    passes: 'changes',
  },
  'the command history': {
    action: 'policy.view',
    act: ({ forge }, { slackId, team }) => forge.command(slackId, `history ${NUMBER}`, team),
    passes: /Margaret Chen/,
  },
  'the button of a history': {
    action: 'policy.view',
    act: click('history-of:3', ({ policy }) => ({ policy })),
    passes: /Margaret Chen/,
  },
  'the button that sets a status': {
    action: 'policy.correct',
    act: click('set-status', ({ policy, status }) => ({
      policy,
      from: status,
      to: 'Surrendered',
    })),
    passes: 'changes',
  },
  'the modal that sets a status': {
    action: 'policy.correct',
    act: ({ forge, policy, status }, { slackId, team }) => {
      const state = { policy, from: status, channel: TEAM };
      return forge.submit(slackId, 'choose-status', JSON.stringify(state), SURRENDERED, team);
    },
    passes: 'changes',
  },
  'the button that corrects a number': {
    action: 'policy.correct',
    first: notFound,
    act: click('fix-number:0', ({ sync }) => ({ sync, close: 0 })),
    passes: 'changes',
  },
  'the modal that asks support': {
    action: 'policy.correct',
    act: ({ forge, request, sync }, { slackId, team }) => {
      const state = { request, sync, channel: TEAM };
      return forge.submit(slackId, 'ask-support', JSON.stringify(state), WORDS, team);
    },
    passes: 'changes',
  },
  'the command that shows a case': {
    action: 'case.answer',
    first: openCase,
    act: ({ forge }, { slackId, team }) => forge.command(slackId, 'show case 1', team),
    passes: /Margaret Chen/,
  },
  'the button that shows a case': {
    action: 'case.answer',
    first: openCase,
    act: click('case-show', () => ({ number: 1 })),
    passes: /Margaret Chen/,
  },
  'the button that closes a case': {
    action: 'case.answer',
    first: openCase,
    act: click('case-close', () => ({ case: 'CASE1' })),
    passes: 'changes',
  },
  'the button that tries a paused carrier': {
    action: 'carrier.pause',
    first: pauseCarrier,
    act: click('carrier-probe', () => ({ pause: PAUSE })),
    passes: 'changes',
  },
  'the button that lets a carrier go on': {
    action: 'carrier.pause',
    first: pauseCarrier,
    act: click('carrier-resume', () => ({ pause: PAUSE })),
    passes: 'changes',
  },
  'the button that pauses a carrier': {
    action: 'carrier.pause',
    act: click('carrier-pause', () => ({ carrier: 'northbridge-life' })),
    passes: 'changes',
  },
  'the button that says values are right': {
    action: 'policy.correct',
    first: holdValue,
    act: click('held-accept', () => HELD),
    passes: 'changes',
  },
  'the button that says values are not right': {
    action: 'policy.correct',
    first: holdValue,
    act: click('held-reject', () => HELD),
    passes: 'changes',
  },
  'the button that looks at values in doubt': {
    action: 'policy.correct',
    first: holdValue,
    act: click('held-look', () => HELD),
    passes: /412,812|4,128/,
  },
  'Cancel in the status': {
    action: 'request.cancel',
    act: click('status-cancel', ({ request }) => ({ request })),
    passes: 'changes',
  },
  'the search over policies': {
    action: 'policy.search',
    act: async ({ forge }, { slackId, team }) =>
      JSON.stringify(await forge.suggest(slackId, 'policy-search', NUMBER, team)),
    passes: /00123-4567/,
  },
  'the search over contacts': {
    action: 'policy.search',
    act: async ({ forge }, { slackId, team }) =>
      JSON.stringify(await forge.suggest(slackId, 'contact-search', 'Margaret Chen', team)),
    passes: /"text":"Margaret Chen/,
  },
  'the search on Home': {
    // A whole number names its policy there, as in the command.
    action: 'policy.view',
    act: ({ forge, homeAfter }, { slackId, team }) =>
      homeAfter(slackId, () => forge.click(slackId, 'home-search', NUMBER, team)),
    passes: /Margaret Chen/,
  },
  'the shortcut on a message': {
    action: 'policy.sync',
    act: async ({ forge, modalOf }, { slackId, team }) => {
      await forge.messageShortcut(slackId, 'sync-from-message', `Please look at ${NUMBER}.`, team);
      return modalOf(slackId);
    },
    passes: /Margaret Chen/,
  },
  'the step of a workflow': {
    action: 'policy.sync',
    act: async ({ forge }, { slackId, team }) => {
      const inputs = { policy_number: NUMBER };
      await forge.step(slackId, 'sync-policy-step', inputs, team);
      return 'the log of the workflow';
    },
    passes: 'changes',
  },
};
