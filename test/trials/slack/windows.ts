import type { LocalClient } from '#simulator/workspace/client.ts';
import { linkAs } from '#test/support/person-links.ts';
import { absent, answered, chosenOf, closing, pressed, typed, type Act } from './acts.ts';
import { ANA, BEN, MARCUS, OLIVIA, SAM, SUPPORT, TEAM, type SlackStage } from './stage.ts';

/** What stands ready in a modal, and is submitted while something is wrong. */
export const submitted =
  (as: string, values?: Parameters<LocalClient['submit']>[1]): Act['act'] =>
  async ({ firm: { client } }) => {
    // What was submitted has closed by then, or another person's try has.
    const { modals } = await client.state(as);
    return modals.length === 0 ? { ok: true } : client.submit(as, values);
  };

export const opened = async ({ firm: { client } }: SlackStage, as: string, callbackId: string) => {
  await client.waitForModal(as, ({ callback_id: id }) => id === callbackId);
  return '';
};

const GONE = '00306-4922';
const WORDS = 'It was there last week.';

/** Ana's policy that was not found, and the words beneath it. */
const notFound = async (stage: SlackStage): Promise<string> => {
  stage.at.answer(GONE, absent);
  await stage.asks(ANA, TEAM, `/sync policy ${GONE}`);
  // By its words alone: a channel that hides amounts hides numbers too.
  return (await stage.read(ANA, TEAM, 'How to resolve it')).ts;
};

const askSupport = async (stage: SlackStage): Promise<void> => {
  const ts = await notFound(stage);
  await stage.firm.client.click({ as: ANA, channel: TEAM, ts, text: 'Ask support' });
  await opened(stage, ANA, 'ask-support');
};

/** The case of it, as support has it in its channel. */
export const caseOpened = async (stage: SlackStage): Promise<string> => {
  await askSupport(stage);
  await stage.firm.client.submit(ANA, { words: { words: WORDS } });
  await stage.read(ANA, TEAM, 'It is case 1');
  return (await stage.read(SAM, SUPPORT, WORDS)).ts;
};

export const WINDOWS: readonly Act[] = [
  {
    name: 'a reply of support',
    as: SAM,
    prepare: async (stage) => {
      const ts = await caseOpened(stage);
      await stage.firm.client.click({ as: SAM, channel: SUPPORT, ts, text: 'Reply to advisor' });
      return opened(stage, SAM, 'case-reply');
    },
    act: submitted(SAM, { words: { words: 'It moved to another agent.' } }),
    ends: { channel: TEAM, words: 'It moved to another agent.', by: ANA },
  },
  {
    name: 'the policies of a contact',
    as: ANA,
    prepare: async (stage) => {
      await stage.asks(ANA, TEAM, '/sync contact beaumont');
      return opened(stage, ANA, 'pick-contact-policies');
    },
    act: submitted(ANA),
    ends: { channel: TEAM, words: '2 synced, 1 failed' },
  },
  {
    name: 'the policies of a message in a thread',
    as: BEN,
    prepare: async (stage) => {
      const { client } = stage.firm;
      const { ts: thread } = await client.post(BEN, TEAM, 'What is left for today?');
      const { ts = '' } = await client.post(BEN, TEAM, 'Only 00815-7736.', thread);
      const on = { channel: TEAM, ts };
      await client.shortcut({ as: BEN, name: 'Sync policies in this', on });
      await client.waitForModal(BEN, ({ blocks }) => JSON.stringify(blocks).includes('00815-7736'));
      return '';
    },
    act: submitted(BEN),
    ends: { channel: TEAM, words: closing('00815-7736') },
  },
  {
    name: 'a role',
    as: OLIVIA,
    prepare: async (stage) => {
      const ts = await answered(stage, OLIVIA, '/sync team', 'Change a role');
      await stage.firm.client.click({ as: OLIVIA, channel: TEAM, ts, actionId: 'team-change' });
      return opened(stage, OLIVIA, 'change-role');
    },
    act: submitted(OLIVIA, { person: { person: MARCUS }, role: { role: 'owner' } }),
    ends: { channel: 'dm', words: 'You are now owner', by: MARCUS },
  },
  {
    name: 'a new login',
    as: MARCUS,
    prepare: async (stage) => {
      const ts = await answered(stage, MARCUS, '/sync sources', 'Your login sources');
      await stage.firm.client.click({ as: MARCUS, channel: TEAM, ts, actionId: 'source-add' });
      return opened(stage, MARCUS, 'add-source');
    },
    act: submitted(MARCUS, {
      carrier: { carrier: 'meridian-annuity' },
      name: { name: 'Second desk' },
    }),
    ends: { channel: TEAM, words: 'Second desk' },
  },
];

/** The case stands in the channel too, for everyone. */
const CASE_FOR_SAM: Act['ends'] = {
  channel: SUPPORT,
  done: async (stage) =>
    (await stage.told(SUPPORT, SAM)).some(
      ({ text, ephemeral }) => ephemeral && text.includes('What happened'),
    ),
};

/** Beside nothing that changes a case: what it shows is what stands then. */
export const A_CASE: Act = {
  ...typed('a case', SAM, SUPPORT, '/sync show case 1', ''),
  prepare: caseOpened,
  ends: CASE_FOR_SAM,
};

/** Where channels hide numbers. */
export const NUMBERS_OF_A_CASE: Act = {
  name: 'Show me the numbers',
  as: SAM,
  prepare: caseOpened,
  act: pressed(SAM, SUPPORT, 'Show me the numbers'),
  ends: CASE_FOR_SAM,
};

export const MORE_WINDOWS: readonly Act[] = [
  {
    name: 'Close case',
    as: SAM,
    prepare: caseOpened,
    act: pressed(SAM, SUPPORT, 'Close case'),
    ends: { channel: TEAM, words: 'Sam Okafor closed case 1', by: ANA },
  },
  {
    name: 'Ask support',
    as: BEN,
    prepare: async (stage) => {
      stage.at.answer('00815-7736', absent);
      const ts = await answered(stage, BEN, '/sync policy 00815-7736', 'How to resolve it');
      await stage.firm.client.click({ as: BEN, channel: TEAM, ts, text: 'Ask support' });
      return opened(stage, BEN, 'ask-support');
    },
    act: submitted(BEN, { words: { words: 'The number is right.' } }),
    ends: { channel: SUPPORT, words: 'The number is right.', by: SAM },
  },
  {
    name: 'a code',
    as: ANA,
    prepare: async (stage) => {
      const { firm, at, clock } = stage;
      at.wantCode(await firm.sourceId('S-MA-ANA'), '111111');
      await linkAs(firm, ANA, 'S-MA-ANA', false, clock);
      const { ts } = await stage.read(ANA, 'dm', 'asks for a code');
      await firm.client.click({ as: ANA, channel: 'dm', ts, actionId: 'enter-code' });
      return opened(stage, ANA, 'enter-code');
    },
    act: submitted(ANA, { code: { code: '111111' } }),
    ends: { channel: 'dm', words: 'is linked' },
  },
  {
    name: 'a login that is shared',
    as: OLIVIA,
    prepare: async (stage) => {
      await chosenOf(stage, OLIVIA, 'Olivia – Northbridge', 'Share');
      return opened(stage, OLIVIA, 'change-source:share');
    },
    act: submitted(OLIVIA, { people: { people: [BEN] } }),
    ends: { channel: TEAM, words: 'shared with Ben Carter' },
  },
];
