import { businessDay } from '../business-day.ts';
import { visitLink } from '../link-visit.ts';
import { ANA, drawModal, loginOf, TEAM, until, type Story } from '../stage.ts';

const day = businessDay('09:30');

const CONTACT = 'Linda Pham';

export const meeting: Story = {
  name: 'meeting',
  about: 'a contact refreshed in time for a meeting, on one card, and a policy’s history as a file',
  firm: { clock: day.clock },
  tell: async (stage) => {
    const { client, db, local, bot } = stage.firm;
    const answer = (words: string) =>
      client.waitForMessage({
        as: ANA,
        channel: TEAM,
        what: `an answer with "${words}"`,
        that: ({ ephemeral, blocks }) => ephemeral && JSON.stringify(blocks).includes(words),
      });
    stage.say(`At 9:30 Ana types in #team: /sync contact pham before today at 3`);
    await client.command(ANA, TEAM, '/sync contact pham before today at 3');
    const asked = await answer('Yes, do that');
    stage.show(asked.text);
    stage.say('3 in the night is over, so it can only be the afternoon. Ana presses Yes, do that.');
    await client.click({ as: ANA, channel: TEAM, ts: asked.ts, text: 'Yes, do that' });
    const set = await answer('Cancel it');
    stage.show(set.text);

    stage.say('At noon the refresh begins by itself. One login needs a link: Ana presses Link.');
    day.moveTo('12:01');
    await bot.sweep();
    const refresh = await client.waitForMessage({
      as: ANA,
      channel: 'dm',
      what: 'the card of the refresh',
      that: ({ ephemeral, text, blocks }) =>
        !ephemeral && text.includes(CONTACT) && JSON.stringify(blocks).includes('Link Ana'),
    });
    const { channel } = await client.resolve(ANA, 'dm');
    stage.show(await client.transcript(ANA, channel, refresh.ts));
    await client.click({ as: ANA, channel, ts: refresh.ts, text: 'Link Ana – Meridian' });
    {
      await using visit = await visitLink(stage, ANA, 'Ana');
      const { user, password } = loginOf('S-MA-ANA');
      await visit.signIn(user, password);
      await visit.heading(/code/i);
      const code = await until('the code that the carrier sent', () =>
        local.portals.meridian.lastCode(user),
      );
      stage.say('She enters the code that the carrier sent her.');
      await visit.enterCode(code);
      await visit.heading(/linked/i);
    }

    stage.say('What waited for it is read, and the summary is in her direct messages.');
    const card = await client.waitForMessage({
      as: ANA,
      channel: 'dm',
      what: 'the summary',
      that: ({ ephemeral, text }) => !ephemeral && text.includes(`Before you meet ${CONTACT}`),
      ms: 90_000,
    });
    stage.show(await client.transcript(ANA, channel, card.ts));
    stage.prove(
      'every policy that can be was refreshed',
      card.text.includes('All 6 policies were refreshed today.'),
      true,
    );
    stage.prove(
      'with its chart as a picture',
      card.blocks.filter(({ type }) => type === 'image').length,
      1,
    );
    const asks = await db
      .selectFrom('request as r')
      .innerJoin('contact as c', 'c.id', 'r.contact_id')
      .select(['c.name'])
      .execute();
    stage.prove('by one request', asks, [{ name: CONTACT }]);

    stage.say('She looks at one policy, and takes its history with her: /sync history 00181-5266');
    await client.command(ANA, TEAM, '/sync history 00181-5266');
    const history = await answer('Values over time');
    stage.show(history.text);
    await client.click({ as: ANA, channel: TEAM, ts: history.ts, text: 'Export as CSV' });
    const file = await client.waitForMessage({
      as: ANA,
      channel: 'dm',
      what: 'the file',
      that: ({ files }) => files?.[0]?.name.endsWith('.csv') === true,
    });
    stage.show(
      (await (await fetch(file.files?.[0]?.url ?? '')).text()).split('\n').slice(0, 4).join('\n'),
    );

    stage.say(
      'Ana looks at what is planned: /sync contact chen family before tomorrow 10am, once more',
    );
    await client.command(ANA, TEAM, '/sync contact chen family before tomorrow 10am');
    const next = await answer('Chen Family Trust');
    await client.click({ as: ANA, channel: TEAM, ts: next.ts, text: 'Another time' });
    const modal = await client.waitForModal(ANA, (view) => view.callback_id === 'meeting-time');
    stage.show(await drawModal(stage, ANA, modal));
    // The window of a link that was closed cannot be told that the link has ended.
    const refused = local.workspace.workspace
      .calls()
      .filter(({ ok, error }) => !ok && error !== 'not_found');
    stage.prove('Slack refused nothing', refused, []);
    return 'six policies through two logins, on one card hours before the meeting.';
  },
};
