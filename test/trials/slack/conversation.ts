import { answered, closing, pressed, typed, type Act } from './acts.ts';
import { ANA, BEN, OLIVIA, SAM, SUPPORT, TEAM, type SlackStage } from './stage.ts';
import { caseOpened, opened, submitted } from './windows.ts';

const ADDRESS = 'https://calendar.example/ana-secret.ics';

const isHeld = async ({ firm }: SlackStage): Promise<boolean> =>
  (await firm.db.selectFrom('login_hold').select('source_id').executeTakeFirst()) !== undefined;

/** The rest of README's table: what is said in passing, from anywhere, and in Home. */
export const CONVERSATION: readonly Act[] = [
  {
    name: 'a mention in a thread',
    as: ANA,
    prepare: async ({ firm }) => (await firm.client.post(ANA, TEAM, 'I meet them at 3.')).ts ?? '',
    act: ({ firm }, thread) => firm.client.post(ANA, TEAM, '@Swivel Sync 00504-2269', thread),
    ends: { channel: TEAM, words: closing('00504-2269') },
  },
  typed('several numbers', BEN, TEAM, '/sync 00815-7736 00298-4883', '2 synced'),
  typed('a mistyped word', ANA, TEAM, '/sync polcy 00229-5167', 'I read `polcy` as `policy`'),
  typed('a name', ANA, TEAM, '/sync tanaka', 'Which one?'),
  {
    name: 'a contact, from anywhere',
    as: OLIVIA,
    prepare: async (stage) => {
      const { client } = stage.firm;
      await client.shortcut({ as: OLIVIA, name: 'Sync a contact' });
      await client.waitForModal(OLIVIA);
      const search = { as: OLIVIA, actionId: 'contact-search', typed: 'Beaum', option: 'Beaumont' };
      await client.choose(search);
      await client.submit(OLIVIA);
      return opened(stage, OLIVIA, 'pick-contact-policies');
    },
    act: submitted(OLIVIA),
    ends: { channel: 'dm', words: '2 synced' },
  },
  {
    name: 'a calendar',
    as: BEN,
    prepare: async (stage) => {
      const ts = await answered(stage, BEN, '/sync meetings', 'No meeting is planned');
      await stage.firm.client.click({ as: BEN, channel: TEAM, ts, text: 'Give my calendar' });
      return opened(stage, BEN, 'give-calendar');
    },
    act: submitted(BEN, { calendar: { calendar: ADDRESS } }),
    ends: {
      channel: 'dm',
      done: async ({ firm }) =>
        (await firm.db.selectFrom('calendar').select('person_id').executeTakeFirst()) !== undefined,
    },
  },
  {
    name: 'a hold that is ended in Home',
    as: OLIVIA,
    prepare: async (stage) => {
      const { client } = stage.firm;
      await answered(stage, OLIVIA, '/sync hold northbridge', 'is yours until');
      await client.openHome(OLIVIA);
      return client.waitFor({
        as: OLIVIA,
        what: 'the hold in Home',
        read: async () =>
          /"release:[^"]+"/
            .exec(JSON.stringify((await client.state(OLIVIA)).home ?? ''))?.[0]
            .slice(1, -1),
      });
    },
    act: ({ firm }, actionId) => firm.client.click({ as: OLIVIA, home: true, actionId }),
    ends: { channel: 'dm', done: async (stage) => !(await isHeld(stage)) },
  },
  {
    name: 'Sync again, of support',
    as: SAM,
    prepare: caseOpened,
    act: pressed(SAM, SUPPORT, 'Sync again'),
    ends: {
      channel: SUPPORT,
      done: async (stage) =>
        (await stage.told(SUPPORT, SAM)).some(({ text, blocks }) =>
          JSON.stringify([text, blocks]).includes('Sam Okafor asked for a sync'),
        ),
    },
  },
];
