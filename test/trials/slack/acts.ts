import { setTimeout as sleep } from 'node:timers/promises';
import type { ActAnswer } from '#simulator/workspace/protocol.ts';
import { linkAs } from '#test/support/person-links.ts';
import { found } from '#test/support/scripted-portals.ts';
import { ANA, BEN, MARCUS, OLIVIA, TEAM, type SlackStage } from './stage.ts';

/** One thing that people do, as the table of docs/slack.md has it. */
export interface Act {
  name: string;
  as: string;
  /** What stands in Slack before, while it is well; what the act needs of it. */
  prepare?: (stage: SlackStage) => Promise<string>;
  /** The act itself, while something is wrong. */
  act: (stage: SlackStage, prepared: string) => Promise<ActAnswer>;
  /** Where its end is read, by whom (its own person where nobody is named), and by which words. */
  ends:
    | { channel: string; words: string; by?: string }
    | { channel: string; done: (stage: SlackStage) => Promise<boolean> };
}

export const typed = (
  name: string,
  as: string,
  channel: string,
  text: string,
  words: string,
): Act => ({
  name,
  as,
  act: ({ firm }) => firm.client.command(as, channel, text),
  ends: { channel, words },
});

/** How a closing reply says it: a card puts no number in bold. */
export const closing = (number: string): string => `*${number}*. Account Value`;

const forced = (name: string, as: string, channel: string, text: string, number: string): Act =>
  typed(name, as, channel, text, closing(number));

const said = (name: string, as: string, channel: string, text: string, number: string): Act => ({
  ...forced(name, as, channel, text, number),
  act: ({ firm }) => firm.client.post(as, channel, text),
});

/** What is asked for by typing, each with an answer or a card of its own. */
export const ASKING: readonly Act[] = [
  forced('policy', ANA, TEAM, '/sync policy 00123-4567', '00123-4567'),
  forced('policy in a direct message', ANA, 'dm', '/sync policy 00504-2269', '00504-2269'),
  forced('as you think it', BEN, TEAM, '/sync 00815-7736', '00815-7736'),
  said('words in a direct message', ANA, 'dm', '00312-9085', '00312-9085'),
  said('a mention', ANA, TEAM, '@Swivel Sync 00774-1099', '00774-1099'),
  typed('a number that nobody has', BEN, TEAM, '/sync policy 77777-7777', '77777-7777'),
  typed('meetings', ANA, TEAM, '/sync meetings', 'No meeting is planned'),
  typed('status', MARCUS, TEAM, '/sync status', 'No sync of yours'),
  typed('sources', MARCUS, TEAM, '/sync sources', 'Your login sources'),
  typed('hold', OLIVIA, TEAM, '/sync hold northbridge', 'is yours until'),
  typed('history', BEN, TEAM, '/sync history 00298-4883', 'Values over time'),
  typed('digest', MARCUS, TEAM, '/sync digest', 'Digest of'),
  typed('report', BEN, TEAM, '/sync report', 'Your book'),
  typed('team', OLIVIA, TEAM, '/sync team', 'Your team'),
  typed('help', BEN, TEAM, '/sync help', 'straight from the carrier'),
  typed(
    'contact before a meeting',
    ANA,
    TEAM,
    '/sync contact chen family before friday 3pm',
    'refresh Chen Family',
  ),
  {
    name: 'workflow step',
    as: ANA,
    act: ({ firm }) =>
      firm.client.runStep({
        as: ANA,
        channel: TEAM,
        callbackId: 'sync-policy-step',
        inputs: { policy_number: '00229-5167' },
      }),
    ends: { channel: 'dm', words: closing('00229-5167') },
  },
];

/** Asks, and waits until the bot says this; the ts of what says it. */
export const answered = async (
  stage: SlackStage,
  as: string,
  text: string,
  words: string,
): Promise<string> => {
  await stage.asks(as, TEAM, text);
  return (await stage.read(as, TEAM, words, /\S*\d{3}\S*$/.exec(text)?.[0])).ts;
};

/** What the menu beside a login in the list of them offers. */
export const chosenOf = async (
  stage: SlackStage,
  as: string,
  login: string,
  option: string,
): Promise<void> => {
  const ts = await answered(stage, as, '/sync sources', 'Your login sources');
  const list = (await stage.told(TEAM, as)).find((message) => message.ts === ts);
  const row = list?.blocks.find((block) => JSON.stringify(block).includes(`*${login}*`));
  const actionId = /source-menu:\d+/.exec(JSON.stringify(row))?.[0];
  if (actionId === undefined) throw new Error(`${login} has no menu in the list of ${as}.`);
  await stage.firm.client.choose({ as, channel: TEAM, ts, actionId, option });
};

const surrendered = (number: string) => {
  const reading = found(number);
  return reading.kind === 'found'
    ? { ...reading, snapshot: { ...reading.snapshot, status: 'Surrendered' } }
    : reading;
};

export const absent = { kind: 'absent' as const, closeNumbers: [] };

export const pressed =
  (as: string, channel: string, text: string): Act['act'] =>
  ({ firm }, ts) =>
    firm.client.click({ as, channel, ts, text });

const READ_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Nothing that a person sees changes as a read begins, so it is looked for by itself. */
const untilRead = async ({ at }: SlackStage, number: string): Promise<void> => {
  const deadline = performance.now() + READ_WITHIN_MS;
  while (!at.held().includes(number)) {
    if (performance.now() > deadline) throw new Error(`${number} was not read within a minute.`);
    await sleep(LOOK_EVERY_MS);
  }
};

/** What is pressed, and what is done on the link page. */
export const PRESSING: readonly Act[] = [
  {
    name: 'Sync again',
    as: ANA,
    prepare: (stage) => {
      stage.at.answer('00306-4922', absent, absent, found('00306-4922'));
      return answered(stage, ANA, '/sync policy 00306-4922', 'How to resolve it');
    },
    act: pressed(ANA, TEAM, 'Sync again'),
    ends: { channel: TEAM, words: closing('00306-4922') },
  },
  {
    name: 'Update status',
    as: ANA,
    prepare: (stage) => {
      stage.at.answer('00548-5141', surrendered('00548-5141'));
      return answered(stage, ANA, '/sync policy 00548-5141', 'How to resolve it');
    },
    act: pressed(ANA, TEAM, 'Update status to Surrendered'),
    ends: { channel: TEAM, words: '*Resolved*' },
  },
  {
    name: 'Cancel',
    as: BEN,
    prepare: async (stage) => {
      stage.at.pause('00298-4883');
      await stage.asks(BEN, TEAM, '/sync policy 00298-4883');
      await untilRead(stage, '00298-4883');
      return answered(stage, BEN, '/sync policy 00501-5200', 'Queued · ');
    },
    act: pressed(BEN, TEAM, 'Cancel'),
    ends: { channel: TEAM, words: 'Cancelled by Ben Carter' },
  },
  {
    name: 'Correct the number',
    as: ANA,
    prepare: (stage) => {
      stage.at.answer('00451-8830', { kind: 'absent', closeNumbers: ['00451-8380'] });
      return answered(stage, ANA, '/sync policy 00451-8830', 'Did you mean that one?');
    },
    act: pressed(ANA, TEAM, 'Correct to 00451-8380'),
    ends: { channel: TEAM, words: closing('00451-8380') },
  },
  {
    name: "I'm done",
    as: OLIVIA,
    prepare: (stage) => answered(stage, OLIVIA, '/sync hold northbridge', 'is yours until'),
    act: pressed(OLIVIA, TEAM, "I'm done"),
    ends: { channel: TEAM, words: 'has ended' },
  },
  {
    name: 'Link',
    as: BEN,
    prepare: (stage) => answered(stage, BEN, '/sync policy MA-216682-B', 'Ben – Meridian'),
    act: async ({ firm, clock }) => {
      await linkAs(firm, BEN, 'S-MA-BEN', false, clock);
      return { ok: true };
    },
    ends: { channel: TEAM, words: closing('MA-216682-B') },
  },
  {
    name: 'a meeting that is set',
    as: ANA,
    prepare: (stage) =>
      answered(stage, ANA, '/sync contact chen family before friday 3pm', 'Yes, do that'),
    act: pressed(ANA, TEAM, 'Yes, do that'),
    ends: { channel: TEAM, words: 'Cancel it' },
  },
];

/** The numbers that the first round reads in the channel, for who wants to hold them. */
export const HELD = ['00123-4567', '00815-7736', '00774-1099'];
