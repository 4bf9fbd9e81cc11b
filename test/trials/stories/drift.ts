import { CASES } from '#simulator/portals/cases.ts';
import { askFor, isCardOf } from '#test/support/firm.ts';
import { ANA, drawModal, replyWith, syncsOf, TEAM, type Story } from '../stage.ts';

const { number } = CASES.drift;

export const drift: Story = {
  name: 'drift',
  about:
    'a status that drifted, updated in one click; reinstated later, corrected and synced again',
  tell: async (stage) => {
    const { client, local, db } = stage.firm;
    stage.say(`Ana types in #team: /sync policy ${number}`);
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`);
    const guide = await replyWith(stage, ANA, card, 'How to resolve it');
    await replyWith(stage, ANA, card, 'Success');
    stage.show(await client.transcript(ANA, TEAM, card.ts));

    stage.say('Ana presses Update status to Surrendered, and confirms.');
    await client.click({
      as: ANA,
      channel: TEAM,
      ts: guide.ts,
      text: 'Update status to Surrendered',
    });
    await replyWith(stage, ANA, card, 'Resolved');
    const resolved = await client.transcript(ANA, TEAM, card.ts);
    stage.show(resolved);
    stage.prove(
      'the card says who set what, and offers no run',
      [resolved.includes('Ana Ruiz changed the status'), resolved.includes('[Sync again]')],
      [true, false],
    );

    stage.say('Weeks later the policy is reinstated. Ana presses Change status: In Force.');
    await local.portals.northbridge.set(number, { status: 'In Force' });
    await client.click({ as: ANA, channel: TEAM, ts: guide.ts, actionId: 'choose-status' });
    const modal = await client.waitForModal(ANA, (view) => view.callback_id === 'choose-status');
    stage.show(await drawModal(stage, ANA, modal));
    await client.submit(ANA, { status: { status: 'In Force' } });
    await replyWith(stage, ANA, card, 'Sync again, now that the status is right');
    stage.say('Ana presses Sync again.');
    await client.click({ as: ANA, channel: TEAM, ts: guide.ts, text: 'Sync again' });
    const next = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card of the second sync',
      that: (message) => isCardOf(ANA, number)(message) && message.ts !== card.ts,
    });
    await replyWith(stage, ANA, next, 'Success');
    stage.show(await client.transcript(ANA, TEAM, next.ts));

    const [first, second] = await syncsOf(stage, number);
    stage.prove('the first sync is status drift', first, {
      status: 'success',
      reason: 'status-drift',
    });
    stage.prove('the second one is a plain Success', second?.status, 'success');
    stage.prove(
      'and none of drift any more',
      ['changed', 'unchanged', 'stale'].includes(second?.reason ?? ''),
      true,
    );
    const audited = await db
      .selectFrom('audit as a')
      .innerJoin('policy as p', 'p.id', 'a.subject_id')
      .select('a.detail')
      .where('p.number', '=', number)
      .where('a.action', '=', 'policy.status-updated')
      .orderBy('a.id')
      .execute();
    stage.prove(
      'both changes are in the audit, old and new',
      audited.map(({ detail }) => JSON.parse(detail ?? '')),
      [
        { from: 'In Force', to: 'Surrendered' },
        { from: 'Surrendered', to: 'In Force' },
      ],
    );
    return 'the status matched in one click, and synced again once it was active.';
  },
};
