import { CASES } from '#simulator/portals/cases.ts';
import { askFor } from '#test/support/firm.ts';
import { ANA, loginOf, replyWith, syncsOf, TEAM, type Story } from '../stage.ts';

const { number } = CASES.neverSeen;

export const notFound: Story = {
  name: 'not-found',
  about: 'Not Found, after a second search of its own, with the reason and what to do',
  tell: async (stage) => {
    const { client, local } = stage.firm;
    stage.say(`Ana types in #team: /sync policy ${number}`);
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`);
    await replyWith(stage, ANA, card, 'Not Found');
    const thread = await client.transcript(ANA, TEAM, card.ts);
    stage.show(thread);

    stage.prove('the sync is Not Found, never seen', await syncsOf(stage, number), [
      { status: 'not-found', reason: 'never-seen' },
    ]);
    const { northbridge } = local.portals;
    stage.prove('the portal was searched twice', await northbridge.reads(number), {
      searches: 2,
      reads: 0,
      listed: 0,
    });
    stage.prove(
      'in one signed-in session',
      (await northbridge.ledger(loginOf('S-NB-ANA').user)).length,
      1,
    );
    stage.prove(
      'the card gives the reason and the next step',
      ['Two searches did not find it', 'update its status in the CRM', '[Sync again]'].filter(
        (words) => !thread.includes(words),
      ),
      [],
    );
    return 'Not Found after two searches, with what to check next.';
  },
};
