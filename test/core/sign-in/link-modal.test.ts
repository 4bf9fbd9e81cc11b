import { expect, it } from 'vitest';
import { issueLink, continueLink, openPairings } from '#core/sign-in/link.ts';
import { openLink } from '#core/sign-in/link-slack.ts';
import type { Desk } from '#slack/desk.ts';
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
  const deps = firm;
  const issued = await issueLink(deps, { personId: 'dana', sourceId: 'source' });
  if (issued.kind !== 'issued') throw new Error('The link was not issued.');
  await continueLink(deps, issued.token, 'a browser');

  const desk = {
    settings: { publicUrl: 'https://sync.example' },
    links: {
      issue: (intent: { personId: string; sourceId: string }) => issueLink(deps, intent),
      pairings: (personId: string) => openPairings(deps, personId),
    },
  } as unknown as Desk;
  const modalOf = async (id: string): Promise<string> =>
    JSON.stringify(
      await openLink(desk, 'dana', { id, name: 'Dana at Northbridge' }, undefined, undefined),
    );
  expect(await modalOf('source')).toContain('pair:0');
  expect(await modalOf('namesake')).not.toContain('pair:0');
  expect(await modalOf('namesake')).toContain('https://sync.example/');
});
