import { CASES } from '#simulator/portals/cases.ts';
import { askFor } from '#test/support/firm.ts';
import { ANA, replyWith, syncsOf, TEAM, until, type Story } from '../stage.ts';

const { number } = CASES.changed;

export const held: Story = {
  name: 'held',
  about: 'values that are not believed: kept apart with the reason, and decided by the person',
  tell: async (stage) => {
    const { client, db, local } = stage.firm;
    const values = () =>
      db
        .selectFrom('policy_value as v')
        .innerJoin('policy as p', 'p.id', 'v.policy_id')
        .select(['v.name', 'v.minor'])
        .where('p.number', '=', number)
        .orderBy('v.id')
        .execute();
    const before = await values();
    await local.portals.northbridge.set(number, {
      values: [{ name: 'Account Value', amount: '4128.06' }],
    });
    stage.say(`The carrier's page shows a hundredth. Ana types in #team: /sync policy ${number}`);
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`, ({ text }) =>
      text.includes(number),
    );
    await replyWith(stage, ANA, card, 'please check');
    stage.show(await client.transcript(ANA, TEAM, card.ts));
    stage.prove('no value was written', await values(), before);

    stage.say('Ana compares with the site: a withdrawal. She presses These are right.');
    await client.click({ as: ANA, channel: TEAM, ts: card.ts, text: 'These are right' });
    await replyWith(stage, ANA, card, 'Account Value is now');
    stage.show(await client.transcript(ANA, TEAM, card.ts));
    await until('the values to be written', async () =>
      (await values()).some(({ minor }) => minor === 412_806) ? true : undefined,
    );
    stage.prove(
      'the sync is a Success now',
      (await syncsOf(stage, number)).map(({ status }) => status),
      ['success'],
    );
    const audited = await db
      .selectFrom('audit as a')
      .innerJoin('person as p', 'p.id', 'a.person_id')
      .select('p.name')
      .where('a.action', '=', 'policy.values-accepted')
      .execute();
    stage.prove('and the audit has who said so', audited, [{ name: 'Ana Ruiz' }]);
    return 'kept apart, looked at, and written in her name.';
  },
};
