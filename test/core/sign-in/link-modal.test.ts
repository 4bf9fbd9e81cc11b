import { expect, it } from 'vitest';
import { endLink } from '#core/sign-in/store/links.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';
import { fieldOf, openBrowser } from '#test/support/link-forms.ts';
import { issueLink, continueLink } from '#core/sign-in/link.ts';
import { openLink } from '#core/sign-in/link-slack.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

/** Until it has the Link button of a login that is unlinked. */
const openHome = async (firm: TestFirm): Promise<void> => {
  await firm.client.openHome('ana');
  await firm.client.waitFor({
    as: 'ana',
    what: 'the Link button of her Home',
    read: async () =>
      JSON.stringify((await firm.client.state('ana')).home ?? {}).includes('Link Ana – Meridian')
        ? true
        : undefined,
  });
};

it('asks for the number of the login that is linked, not of another one of the same name', async () => {
  await using firm = await openLinkFirm();
  await firm.db.insertInto('carrier').values({ id: 'other', name: 'Other Life' }).execute();
  await firm.db
    .insertInto('login_source')
    .values({
      id: 'namesake',
      carrier_id: 'other',
      name: 'Dana at Northbridge',
      holder_id: 'dana',
    })
    .execute();
  const issued = await issueLink(firm, { personId: 'dana', sourceId: 'source' });
  if (issued.kind !== 'issued') throw new Error('The link was not issued.');
  await continueLink(firm, issued.token, 'a browser');

  const publicUrl = 'https://sync.example';
  const deps = { ...firm, settings: { command: '/sync', threads: 'channel' as const, publicUrl } };
  const modalOf = async (id: string): Promise<string> =>
    JSON.stringify(
      await openLink(deps, 'dana', { id, name: 'Dana at Northbridge' }, undefined, undefined),
    );
  expect(await modalOf('source')).toContain('Which number does it show?');
  expect(await modalOf('source')).toContain('Open a new page');
  expect(await modalOf('namesake')).not.toContain('Which number');
  expect(await modalOf('namesake')).toContain('Type your password there, never in Slack.');
  // Nothing is spoken of that is not there yet: the field of the number, the message with the code.
  expect(await modalOf('namesake')).toContain('this window then has a field for it');
  expect(await modalOf('namesake')).not.toMatch(/type it|my message/);
  expect(await modalOf('namesake')).toContain('https://sync.example/');
});

it('says in the open modal that the login is linked, once it is', async () => {
  await using firm = await startFirm();
  await openHome(firm);
  await firm.client.click({ as: 'ana', home: true, text: 'Link Ana – Meridian' });
  await firm.client.waitForModal('ana', ({ blocks }) =>
    JSON.stringify(blocks).includes('Open the link page'),
  );
  const { id } = await firm.db.selectFrom('link').select('id').executeTakeFirstOrThrow();
  await endLink({ db: firm.db, clock: Date.now }, id, 'linked');
  // Any step that is shown brings the modal along, as the end of the sign-in does.
  await firm.client.command('ana', 'dm', '/sync policy 00123-4567');
  const ended = await firm.client.waitForModal('ana', ({ blocks }) =>
    JSON.stringify(blocks).includes('is linked. You can close this window.'),
  );
  expect(JSON.stringify(ended.blocks)).not.toContain('Open the link page');
});

it('tells nobody of a modal that its person closed, and Link asks for the number', async () => {
  await using firm = await startFirm();
  const openModal = async (shows: string): Promise<void> => {
    await firm.client.click({ as: 'ana', home: true, text: 'Link Ana – Meridian' });
    await firm.client.waitForModal('ana', ({ blocks }) => JSON.stringify(blocks).includes(shows));
  };
  await openHome(firm);
  await openModal('Open the link page');
  const { modals } = await firm.client.state('ana');
  const [url = ''] = /http[^"]+/.exec(JSON.stringify(modals)) ?? [];
  await firm.client.closeModal('ana');
  const { visit } = openBrowser(url);
  await visit('/continue', { proof: fieldOf(await visit(''), 'proof') });
  await openModal('Which number does it show?');
  expect(firm.logged()).toEqual([]);
});
