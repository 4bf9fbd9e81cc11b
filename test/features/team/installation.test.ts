import { expect, it } from 'vitest';
import { missingParts, unmatchedPeople } from '#features/team/installation.ts';
import { whoIs } from '#slack/who.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

it('says to the first who asks, and in its log, what a fresh installation lacks', async () => {
  await using firm = await openLinkFirm();
  const member = { id: 'UNEW00001', team_id: 'T1', profile: { email: 'new@firm.example' } };
  const deps = {
    store: { db: firm.db, clock: () => 0 },
    settings: { command: '/sync', threads: 'channel' as const, publicUrl: undefined },
    members: {
      look: () => Promise.resolve(member),
      learn: () => Promise.resolve(),
      forget: () => {},
      changed: () => Promise.resolve(),
      watch: () => {},
    },
    teamId: 'T1',
    log: () => {},
  };
  const told = async (): Promise<string> => {
    const who = await whoIs(deps, {} as Parameters<typeof whoIs>[1], { userId: 'UNEW00001' });
    return who.kind === 'refused' ? who.why : 'known';
  };
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'UKNOWN001' })
    .where('id', '=', 'dana')
    .execute();
  expect(await missingParts(deps)).toEqual([]);
  expect(await told()).toContain('You are not in the CRM as a user yet');

  await firm.db.updateTable('person').set({ slack_user_id: null }).execute();
  expect(await unmatchedPeople(deps)).toEqual([
    expect.stringContaining('Nobody of the firm is matched'),
  ]);
  expect(await told()).toContain('Nobody at your firm is matched with Slack yet');

  await firm.db.updateTable('person').set({ deactivated_at: 1 }).execute();
  expect(await missingParts(deps)).toEqual([expect.stringContaining('The firm has no people yet')]);
  expect(await told()).toContain('type `/sync team` to become the first owner');
});
