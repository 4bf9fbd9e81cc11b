import { addFullDay } from '#test/support/full-day.ts';
import { businessDay } from '../business-day.ts';
import { ANA, TEAM, until, type Story } from '../stage.ts';

const day = businessDay('07:35');
const POLICIES = 10_000;

/** A thread of thousands of policies is shown by its beginnings. */
const HEAD = 30;

export const fullDigest: Story = {
  name: 'full-digest',
  about:
    'the digest of a day of 10,000 policies: its market, its movements, its needs, within Slack’s limits',
  firm: {
    clock: day.clock,
    config: { digestChannel: TEAM, publicUrl: 'https://sync.example.com' },
  },
  tell: async (stage) => {
    const { bot, client, db, local } = stage.firm;
    await addFullDay(db, POLICIES, day.clock());
    stage.say('10,000 policies were read since yesterday; one login is unlinked, the market fell.');
    const began = performance.now();
    await bot.beat();
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
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const lines = (await client.transcript(ANA, TEAM, card.ts)).split('\n');
    const at = lines.findIndex((line) => line.includes('Logins to link'));
    stage.show([...lines.slice(0, at + HEAD), '…'].join('\n'));
    const replies = await client.messages(ANA, TEAM, card.ts);
    stage.prove('the market is told in one line', card.text.match(/The market moved/g)?.length, 1);
    stage.prove('its details are some replies, not thousands', replies.length <= 11, true);
    stage.prove(
      'Slack refused nothing',
      local.workspace.workspace.calls().filter(({ ok }) => !ok),
      [],
    );
    return `10,000 policies in a card and ${replies.length - 1} replies, ${seconds} s after it was due.`;
  },
};
