import type { KnownBlock } from '@slack/types';
import { elementsIn } from '#simulator/workspace/targets.ts';
import { businessDay } from '../business-day.ts';
import { visitLink } from '../link-visit.ts';
import { ANA, loginOf, until, type Story } from '../stage.ts';

const day = businessDay('07:00');
const SOURCE = 'Ana – Meridian';

export const morning: Story = {
  name: 'morning',
  about: 'one message in the morning with a Link button for each login that needs its holder today',
  firm: { clock: day.clock },
  tell: async (stage) => {
    const { bot, client, db, local, sourceId } = stage.firm;
    const waiting = async (): Promise<number> =>
      (
        await db
          .selectFrom('sync')
          .select('id')
          .where('source_id', '=', await sourceId('S-MA-ANA'))
          .where('status', '=', 'queued')
          .execute()
      ).length;
    stage.say('The day has begun: what unlinked logins see waits for their holders.');
    await bot.beat();
    const before = await waiting();
    stage.say('At 8:00 each of them has one message, though two processes look at the clock.');
    day.moveTo('08:00');
    await Promise.all([bot.beat(), bot.beat()]);
    const message = await client.waitForMessage({
      as: ANA,
      channel: 'dm',
      what: 'the message of the morning',
      that: ({ text }) => text.includes('you today'),
    });
    stage.show(await client.transcript(ANA, 'dm'));
    const buttons = (blocks: readonly KnownBlock[]): number =>
      elementsIn([...blocks]).filter(({ element }) =>
        String(element['action_id']).startsWith('link:'),
      ).length;

    stage.say(`Ana presses Link beside ${SOURCE}.`);
    await client.click({ as: ANA, channel: 'dm', ts: message.ts, text: `Link ${SOURCE}` });
    const { user, password } = loginOf('S-MA-ANA');
    await using visit = await visitLink(stage, ANA, 'Ana');
    await visit.signIn(user, password);
    await visit.heading('asks for a code');
    await visit.enterCode(await until('the code', () => local.portals.meridian.lastCode(user)));
    await visit.heading('is linked');
    const after = await client.waitForMessage({
      as: ANA,
      channel: 'dm',
      what: 'the login to be checked off',
      that: ({ ts, text }) => ts === message.ts && text.includes('is linked.'),
    });
    stage.show(await client.transcript(ANA, 'dm'));
    await until('the policies of the login to be read', async () =>
      (await waiting()) === 0 ? true : undefined,
    );

    stage.prove('policies waited for the login', before > 0, true);
    stage.prove(
      'it is checked off where it stands',
      buttons(message.blocks) - buttons(after.blocks),
      1,
    );
    stage.prove(
      'each person was told in one message',
      (
        await db
          .selectFrom('notification')
          .select('channel')
          .where('kind', '=', 'link-warning')
          .groupBy('channel')
          .having(({ fn }) => fn.countAll<number>(), '>', 1)
          .execute()
      ).length,
      0,
    );
    return `one message, a login linked from it, and its ${before} policies read.`;
  },
};
