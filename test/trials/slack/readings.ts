import { answered, closing, pressed, type Act } from './acts.ts';
import { ANA, BEN, MARCUS, OLIVIA, TEAM, type SlackStage } from './stage.ts';
import { NUMBERS_OF_A_CASE, opened, submitted } from './windows.ts';

const FRIDAY_AT_THREE = Date.parse('2026-03-06T20:00:00Z') / 1000;

/** The search field of a window that is open, with this policy chosen in it. */
const searched = async (stage: SlackStage, as: string, number: string): Promise<string> => {
  await opened(stage, as, 'pick-policy');
  await stage.firm.client.choose({
    as,
    actionId: 'policy-search',
    typed: number.slice(0, 5),
    option: number,
  });
  return '';
};

const homeOf = async ({ firm }: SlackStage, as: string): Promise<string> =>
  JSON.stringify((await firm.client.state(as)).home ?? '');

/** Where channels hide amounts: what is read in a window, in Home and as a file. */
export const READINGS: readonly Act[] = [
  // Before Ana opens a window of her own, which the one of a case would close.
  NUMBERS_OF_A_CASE,
  {
    name: 'Show me the values',
    as: ANA,
    prepare: async (stage) => {
      await stage.asks(ANA, TEAM, '/sync policy 00123-4567');
      return (await stage.read(ANA, TEAM, 'Show me the values')).ts;
    },
    act: pressed(ANA, TEAM, 'Show me the values'),
    // The card in the channel has the names of the values too.
    ends: { channel: TEAM, words: 'Only you see this.' },
  },
  {
    name: 'the search field',
    as: ANA,
    prepare: async (stage) => {
      await stage.asks(ANA, 'dm', '/sync policy');
      return searched(stage, ANA, '00504-2269');
    },
    act: submitted(ANA),
    ends: { channel: 'dm', words: closing('00504-2269') },
  },
  {
    name: 'a shortcut from anywhere',
    as: BEN,
    prepare: async (stage) => {
      await stage.firm.client.shortcut({ as: BEN, name: 'Sync a policy' });
      return searched(stage, BEN, '00815-7736');
    },
    act: submitted(BEN),
    ends: { channel: 'dm', words: closing('00815-7736') },
  },
  {
    name: 'Export as CSV',
    as: BEN,
    prepare: (stage) => answered(stage, BEN, '/sync history 00298-4883', 'Export as CSV'),
    act: pressed(BEN, TEAM, 'Export as CSV'),
    ends: { channel: 'dm', words: 'as CSV, for your eyes' },
  },
  {
    name: 'a meeting, in the window of a contact',
    as: OLIVIA,
    prepare: async (stage) => {
      const { client } = stage.firm;
      await stage.asks(OLIVIA, 'dm', '/sync contact');
      await client.waitForModal(OLIVIA);
      const search = { as: OLIVIA, actionId: 'contact-search', typed: 'Beaum', option: 'Beaumont' };
      await client.choose(search);
      await client.submit(OLIVIA);
      return opened(stage, OLIVIA, 'pick-contact-policies');
    },
    act: submitted(OLIVIA, { meeting: { 'meeting-at': String(FRIDAY_AT_THREE) } }),
    ends: {
      channel: 'dm',
      done: async ({ firm }) =>
        (await firm.db.selectFrom('meeting').select('id').executeTakeFirst()) !== undefined,
    },
  },
  {
    name: 'Home',
    as: MARCUS,
    prepare: async (stage) => {
      await stage.firm.client.openHome(MARCUS);
      await stage.firm.client.waitFor({
        as: MARCUS,
        what: 'Home',
        read: async () => (await homeOf(stage, MARCUS)).includes('home-filter') || undefined,
      });
      return '';
    },
    act: ({ firm }) =>
      firm.client.click({ as: MARCUS, home: true, actionId: 'home-filter:not-synced' }),
    ends: {
      channel: 'dm',
      done: async (stage) => (await homeOf(stage, MARCUS)).includes('Shown: Not synced'),
    },
  },
];
