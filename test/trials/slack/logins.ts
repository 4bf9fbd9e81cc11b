import { setTimeout as sleep } from 'node:timers/promises';
import { linkAs } from '#test/support/person-links.ts';
import { chosenOf, closing, pressed, type Act } from './acts.ts';
import { ANA, BEN, MARCUS, OLIVIA, SAM, SUPPORT, TEAM, type SlackStage } from './stage.ts';
import { caseOpened, opened, submitted } from './windows.ts';

/** Opens the window that a login's menu leads to. */
const changing =
  (as: string, login: string, option: string, callbackId: string) =>
  async (stage: SlackStage): Promise<string> => {
    await chosenOf(stage, as, login, option);
    return opened(stage, as, callbackId);
  };

/** Nothing in Slack tells of it. */
const untilLinked = async ({ firm }: SlackStage, source: string): Promise<void> => {
  const id = await firm.sourceId(source);
  const linked = () =>
    firm.db
      .selectFrom('login_link')
      .select('source_id')
      .where('source_id', '=', id)
      .where('linked', '=', 1)
      .executeTakeFirst();
  while ((await linked()) === undefined) await sleep(LOOK_EVERY_MS);
};

const LOOK_EVERY_MS = 100;
const NUMBER = 'MA-207734-B';

/** What is done with logins, and what an advisor answers. Unlinked ones stand first in a list. */
export const LOGINS: readonly Act[] = [
  {
    name: 'Use another login',
    as: ANA,
    prepare: async (stage) => {
      const { firm, clock } = stage;
      await linkAs(firm, MARCUS, 'S-MA-AGENCY', false, clock);
      await untilLinked(stage, 'S-MA-AGENCY');
      await stage.asks(ANA, TEAM, `/sync policy ${NUMBER}`);
      await opened(stage, ANA, 'pick-source');
      await firm.client.submit(ANA, { source: { source: await firm.sourceId('S-MA-ANA') } });
      const { ts } = await stage.read(ANA, TEAM, 'Use Harbor Agency');
      await firm.client.closeModal(ANA);
      return ts;
    },
    act: pressed(ANA, TEAM, 'Use Harbor Agency – Meridian'),
    ends: { channel: TEAM, words: closing(NUMBER) },
  },
  {
    name: 'Answer support',
    as: ANA,
    prepare: async (stage) => {
      const { client } = stage.firm;
      const ts = await caseOpened(stage);
      await client.click({ as: SAM, channel: SUPPORT, ts, text: 'Reply to advisor' });
      await opened(stage, SAM, 'case-reply');
      await client.submit(SAM, { words: { words: 'Since when?' } });
      const reply = await stage.read(ANA, TEAM, 'Since when?');
      await client.click({ as: ANA, channel: TEAM, ts: reply.ts, text: 'Answer support' });
      return opened(stage, ANA, 'case-answer');
    },
    act: submitted(ANA, { words: { words: 'Since Monday.' } }),
    ends: { channel: SUPPORT, words: 'Since Monday.', by: SAM },
  },
  {
    name: 'Send again',
    as: BEN,
    prepare: async (stage) => {
      stage.at.wantCode(await stage.firm.sourceId('S-MA-BEN'), '111111');
      await linkAs(stage.firm, BEN, 'S-MA-BEN', false, stage.clock);
      return (await stage.read(BEN, 'dm', 'asks for a code')).ts;
    },
    act: pressed(BEN, 'dm', 'Send again'),
    ends: {
      channel: 'dm',
      done: ({ at }) => Promise.resolve(at.codes().some(({ code }) => code === 'send-again')),
    },
  },
  {
    name: 'a new name',
    as: OLIVIA,
    prepare: changing(OLIVIA, 'Olivia – Northbridge', 'Rename', 'change-source:rename'),
    act: submitted(OLIVIA, { name: { name: 'Front desk' } }),
    ends: { channel: TEAM, words: 'Front desk' },
  },
  {
    name: 'a login that is unlinked',
    as: BEN,
    prepare: changing(BEN, 'Ben – Northbridge', 'Unlink', 'change-source:unlink'),
    act: submitted(BEN),
    ends: { channel: TEAM, words: '1 linked, 3 unlinked' },
  },
  {
    name: 'a login that is removed',
    as: MARCUS,
    prepare: changing(MARCUS, 'Harbor Agency – Northbridge', 'Remove', 'change-source:remove'),
    act: submitted(MARCUS),
    ends: { channel: TEAM, words: '1 linked, 1 unlinked' },
  },
];
