import { CASES } from '#simulator/portals/cases.ts';
import { askFor } from '#test/support/firm.ts';
import { ANA, replyWith, TEAM, until, type Story } from '../stage.ts';

const { number } = CASES.changed;

export const hold: Story = {
  name: 'hold',
  about: 'somebody works in the portal: the login is held, and goes on when they are done',
  tell: async (stage) => {
    const { client, db, local } = stage.firm;
    stage.say('Ana types in #team: /sync hold northbridge');
    await client.command(ANA, TEAM, '/sync hold northbridge');
    const held = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the answer to the hold',
      that: ({ ephemeral, text }) => ephemeral && text.includes('is yours until'),
    });
    stage.say(`Ana types: /sync policy ${number}`);
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`, ({ text }) =>
      text.includes(number),
    );
    await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card to say that it is on hold',
      that: ({ ts, text }) => ts === card.ts && text.includes('hold'),
    });
    stage.show(await client.transcript(ANA, TEAM, card.ts));
    stage.prove('nothing signed in meanwhile', await local.portals.northbridge.ledger('aruiz'), []);
    stage.say("Ana presses: I'm done");
    await client.click({ as: ANA, channel: TEAM, ts: held.ts, text: "I'm done" });
    await replyWith(stage, ANA, card, 'Success');
    stage.show(await client.transcript(ANA, TEAM, card.ts));
    await until('the hold to have ended', async () => {
      const held = await db
        .selectFrom('login_hold as o')
        .innerJoin('login_source as l', 'l.id', 'o.source_id')
        .select('o.until')
        .where('l.external_id', '=', 'S-NB-ANA')
        .executeTakeFirst();
      return (held?.until ?? 0) <= Date.now() ? true : undefined;
    });
    return 'held while she worked there, and Success by itself afterwards.';
  },
};
