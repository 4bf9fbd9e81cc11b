import { SLACK_BUDGET } from '#slack/budget.ts';
import { visitLink } from '../link-visit.ts';
import { loginOf, TEAM, until, type Stage, type Story } from '../stage.ts';
import { MARCUS } from '#test/support/people.ts';

const CONTACT = 'Chen Family Trust';
/** Slack's own measure of what one request may cost. */
const MOST_CALLS = 12;

/** How many of a login's policies become the contact's, so that it has forty at three logins. */
const SHARES = [
  ['S-NB-ANA', 20],
  ['S-NB-BEN', 12],
] as const;

/** Gives the contact forty policies: its own at Meridian, the rest from two Northbridge logins. */
const gather = async ({ firm: { db } }: Stage): Promise<number> => {
  const contact = await db
    .selectFrom('contact')
    .select('id')
    .where('name', '=', CONTACT)
    .executeTakeFirstOrThrow();
  const syncable = db
    .selectFrom('policy as p')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .where('st.indicator', 'in', ['open', 'pending']);
  for (const [source, share] of SHARES) {
    const theirs = await syncable
      .innerJoin('login_source as l', 'l.id', 'p.home_source_id')
      .select('p.id')
      .where('l.external_id', '=', source)
      .where('p.contact_id', '<>', contact.id)
      .limit(share)
      .execute();
    await db
      .updateTable('policy')
      .set({ contact_id: contact.id })
      .where(
        'id',
        'in',
        theirs.map(({ id }) => id),
      )
      .execute();
  }
  const all = await syncable.select('p.id').where('p.contact_id', '=', contact.id).execute();
  return all.length;
};

export const contact: Story = {
  name: 'contact',
  about: 'a contact with some forty policies over three logins, one of them Unlinked',
  firm: { budget: SLACK_BUDGET },
  tell: async (stage) => {
    const { client, local } = stage.firm;
    const count = await gather(stage);
    const before = (await client.calls()).length;
    stage.say(`Marcus types in #team: /sync contact ${CONTACT.toLowerCase()}`);
    await client.command(MARCUS, TEAM, `/sync contact ${CONTACT.toLowerCase()}`);
    await client.waitForModal(MARCUS, (view) => view.callback_id === 'pick-contact-policies');
    stage.say(
      `All ${count} that can be synced are ticked, each through its home source. He presses Sync.`,
    );
    await client.submit(MARCUS);
    const card = await client.waitForMessage({
      as: MARCUS,
      channel: TEAM,
      what: 'the card',
      that: ({ text, ephemeral, user }) =>
        !ephemeral && user === 'USYNCBOT1' && text.includes(CONTACT),
    });
    const linked = await until(
      'the policies of both linked logins',
      async () => {
        const open = await stage.firm.db
          .selectFrom('sync as s')
          .innerJoin('login_link as k', 'k.source_id', 's.source_id')
          .select('s.id')
          .where('s.priority', '=', 1)
          .where('k.linked', '=', 1)
          .where('s.status', 'in', ['queued', 'in-progress'])
          .execute();
        return open.length === 0 ? true : undefined;
      },
      90_000,
    );
    stage.prove('the linked logins are done while the unlinked one waits', linked, true);

    stage.say(
      'Ana – Meridian is Unlinked: its Link modal is open. Marcus has her read him the code.',
    );
    const { user, password } = loginOf('S-MA-ANA');
    await using visit = await visitLink(stage, MARCUS, 'Marcus');
    await visit.signIn(user, password);
    await visit.heading('asks for a code');
    await visit.enterCode(await until('the code', () => local.portals.meridian.lastCode(user)));
    await visit.heading('is linked');
    const closing = await client.waitForMessage({
      as: MARCUS,
      channel: TEAM,
      thread: card.ts,
      what: 'the closing reply',
      that: ({ threadTs, text }) => threadTs === card.ts && text.includes(`<@${MARCUS}>`),
      ms: 120_000,
    });
    stage.show(await client.transcript(MARCUS, TEAM, card.ts));
    const calls = (await client.calls()).slice(before);
    const told = calls.filter(({ method }) => method.startsWith('chat.'));
    const methods = Object.entries(Object.groupBy(calls, ({ method }) => method)).map(
      ([method, of]) => `${method} ${of?.length ?? 0}`,
    );
    stage.say(
      `Slack calls: ${calls.length} in all, the Link step with its modal included (${methods.join(', ')}); ${told.length} of them for the card and its thread.`,
    );
    stage.prove(
      `the card and its thread cost at most ${MOST_CALLS} calls`,
      told.length <= MOST_CALLS,
      true,
    );
    stage.prove(
      'every policy ended',
      (await client.messages(MARCUS, TEAM, card.ts))[0]?.blocks.some(
        ({ type }) => type === 'data_table',
      ),
      true,
    );
    stage.prove('one closing reply has the totals', /\d+ synced/.test(closing.text), true);
    return `${count} policies over three logins, ${told.length} messages and updates in Slack.`;
  },
};
