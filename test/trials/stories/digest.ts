import { sourcesWantingDay } from '#core/sessions/store/days-to-come.ts';
import { businessDay } from '../business-day.ts';
import { ANA, drawModal, TEAM, until, type Story } from '../stage.ts';
import { MARCUS } from '#test/support/people.ts';

const day = businessDay('02:30');

const count = (text: string, words: RegExp): number =>
  Number(words.exec(text)?.[1]?.replaceAll(',', '') ?? '0');

export const digest: Story = {
  name: 'digest',
  about: "the firm's day, read by itself in the night, and what the team reads of it at 7:30",
  firm: { clock: day.clock, config: { digestChannel: TEAM } },
  tell: async (stage) => {
    const { bot, client, db, local } = stage.firm;
    stage.say(
      'At 2:30 in the night the day of all linked logins begins, and their policies are read.',
    );
    await bot.beat();
    const read = await until(
      'the end of the day’s work',
      async () => {
        const syncs = await db
          .selectFrom('sync as s')
          .innerJoin('login_link as k', 'k.source_id', 's.source_id')
          .select(['s.status'])
          .where('s.run_id', 'is not', null)
          .where('k.linked', '=', 1)
          .execute();
        const isToCome = (await sourcesWantingDay({ db, clock: day.clock })).length > 0;
        const open = syncs.filter(({ status }) => /^(queued|in-progress)$/.test(status));
        return !isToCome && syncs.length > 0 && open.length === 0 ? syncs.length : undefined;
      },
      120_000,
    );
    stage.say(`${read} policies were read. At 7:30 the digest is due.`);
    day.moveTo('07:31');
    await Promise.all([bot.beat(), bot.beat()]);
    const card = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the digest',
      that: ({ text }) => text.includes('Digest of'),
    });
    await until('all of the digest', async () => {
      const behind = await db
        .selectFrom('notification')
        .select('id')
        .whereRef('shown_version', '<', 'version')
        .execute();
      return behind.length === 0 ? true : undefined;
    });
    stage.show(await client.transcript(ANA, TEAM, card.ts));

    const { succeeded } = await db
      .selectFrom('policy_report')
      .select(({ fn }) => fn.countAll<number>().as('succeeded'))
      .where('syncable', '=', 1)
      .where('last_status', '=', 'success')
      .where('last_attempt_at', '>=', day.clock() - 24 * 60 * 60_000)
      .executeTakeFirstOrThrow();
    stage.prove(
      'it counts what the database does',
      count(card.text, /Success ([\d,]+)/),
      succeeded,
    );
    stage.prove(
      'it is told once, though it was asked for twice',
      (await client.messages(ANA, TEAM)).filter(({ text }) => text.includes('Digest of')).length,
      1,
    );
    stage.prove(
      'with its chart as a picture',
      card.blocks.filter(({ type }) => type === 'image').length,
      1,
    );

    stage.say('Marcus, who may change every policy, presses Update status in its thread.');
    const reply = (await client.messages(ANA, TEAM, card.ts)).find(({ text }) =>
      text.includes('The status differs'),
    );
    await until('the bot to be connected', async () =>
      (await client.state(MARCUS)).bot.connected ? true : undefined,
    );
    await client.click({ as: MARCUS, channel: TEAM, ts: reply?.ts ?? '', text: 'Update status' });
    const modal = await client.waitForModal(MARCUS, (view) => view.callback_id === 'choose-status');
    stage.show(await drawModal(stage, MARCUS, modal));

    stage.say('Ana asks for the day of her own book: /sync digest');
    await client.command(ANA, TEAM, '/sync digest');
    const own = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'her digest',
      that: ({ ephemeral, text }) => ephemeral && text.includes('Your book'),
    });
    stage.show(own.text);
    const refused = local.workspace.workspace.calls().filter(({ ok }) => !ok);
    stage.prove('Slack refused nothing', refused, []);
    return `${read} policies read in the night, told in one message and its thread.`;
  },
};
