import { expect, it } from 'vitest';
import { issueLink, continueLink } from '#core/sign-in/link.ts';
import { openLink } from '#core/sign-in/link-slack.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

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
      linked: 0,
      lease_fence: 1,
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
  expect(await modalOf('namesake')).toContain('https://sync.example/');
});
