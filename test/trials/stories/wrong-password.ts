import { CASES } from '#simulator/portals/cases.ts';
import { askFor } from '#test/support/firm.ts';
import { visitLink } from '../link-visit.ts';
import { BEN, loginOf, replyWith, syncsOf, TEAM, until, type Story } from '../stage.ts';

const { number } = CASES.singleUnlinked;

export const wrongPassword: Story = {
  name: 'wrong-password',
  about: 'a wrong password, submitted exactly once; then the right one, in the same thread',
  tell: async (stage) => {
    const { client, local } = stage.firm;
    stage.say(`Ben types in #team: /sync policy ${number}`);
    const card = await askFor(stage.firm, BEN, TEAM, `/sync policy ${number}`);
    stage.show(await client.transcript(BEN, TEAM, card.ts));
    stage.say('Ben presses Link.');
    await client.click({ as: BEN, channel: TEAM, ts: card.ts, actionId: 'link' });

    const { user, password } = loginOf('S-MA-BEN');
    const portal = local.portals.meridian;
    const ledger = async (): Promise<string[]> =>
      (await portal.ledger()).map(({ user, step, result }) => `${user} ${step} ${result}`);
    await using visit = await visitLink(stage, BEN, 'Ben');
    stage.say('Ben types a wrong password.');
    await visit.signIn(user, 'Windward-48');
    await visit.page.getByRole('heading', { name: /refused the user ID or password/ }).waitFor();
    await replyWith(stage, BEN, card, 'Needs link');
    stage.show(await client.transcript(BEN, TEAM, card.ts));
    stage.prove('the portal saw one sign-in', await ledger(), [`${user} password bad-password`]);
    stage.prove('the sync is Needs link, bad credentials', await syncsOf(stage, number), [
      { status: 'needs-link', reason: 'bad-credentials' },
    ]);
    await visit.page.reload();
    await stage.firm.bot.sweep();
    stage.prove('reloading the page and the sweeper submit nothing', (await ledger()).length, 1);

    stage.say('Ben types the right one on the same page, and the code that Meridian sends.');
    await visit.signIn(user, password);
    await visit.heading('asks for a code');
    const code = await until('the code', () => portal.lastCode(user));
    await visit.enterCode(code);
    await visit.heading('is linked');
    await replyWith(stage, BEN, card, 'Success');
    stage.show(await client.transcript(BEN, TEAM, card.ts));
    stage.prove(
      'the portal saw the wrong one once, the right one once, and the code',
      await ledger(),
      [`${user} password bad-password`, `${user} password accepted`, `${user} code accepted`],
    );
    stage.prove(
      'one sync and one request carried all of it, to Success',
      (await syncsOf(stage, number)).map(({ status }) => status),
      ['success'],
    );
    return 'one sign-in with the wrong password; Success in the same thread with the right one.';
  },
};
