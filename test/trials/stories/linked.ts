import { CASES } from '#simulator/portals/cases.ts';
import { askFor } from '#test/support/firm.ts';
import { ANA, loginOf, replyWith, syncsOf, TEAM, type Story } from '../stage.ts';

const { number } = CASES.changed;

export const linked: Story = {
  name: 'linked',
  about: 'a linked source, no question asked, to Success with changed values',
  tell: async (stage) => {
    const { client, local, db } = stage.firm;
    stage.say(`Ana types in #team: /sync policy ${number}`);
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`);
    await replyWith(stage, ANA, card, 'Success');
    const thread = await client.transcript(ANA, TEAM, card.ts);
    stage.show(thread);

    stage.prove('the sync is Success, changed', await syncsOf(stage, number), [
      { status: 'success', reason: 'changed' },
    ]);
    stage.prove('the card shows old -> new', thread.includes('$409,112.90 → $412,806.44'), true);
    const kept = await db
      .selectFrom('policy_value as v')
      .innerJoin('policy as p', 'p.id', 'v.policy_id')
      .select('v.minor')
      .where('p.number', '=', number)
      .where('v.name', '=', 'Account Value')
      .orderBy('v.id')
      .execute();
    stage.prove(
      'both Account Values are in the history',
      kept.map(({ minor }) => minor),
      [40_911_290, 41_280_644],
    );
    const { user } = loginOf('S-NB-ANA');
    stage.prove(
      'the portal saw one sign-in',
      (await local.portals.northbridge.ledger(user)).map(({ result }) => result),
      ['accepted'],
    );
    stage.prove('and one read', await local.portals.northbridge.reads(number), {
      searches: 1,
      reads: 1,
      listed: 0,
    });
    return 'Success with the values of today, old beside new.';
  },
};
