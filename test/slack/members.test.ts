import type { WebClient } from '@slack/web-api';
import { expect, it } from 'vitest';
import { createMembers, type Member } from '#slack/members.ts';

it('does not take an answer for news that Slack gave before it told of a change', async () => {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<{ user: Member }>();
  const info = (): Promise<{ user: Member }> => {
    asked.resolve();
    return answered.promise;
  };
  const client = { users: { info } } as unknown as WebClient;
  const zones: (string | undefined)[] = [];
  const members = createMembers(
    () => 0,
    'T1',
    () => Promise.resolve(),
  );
  members.watch((_slackId, { tz }) => Promise.resolve(void zones.push(tz)));
  const before: Member = { id: 'U1', team_id: 'T1', tz: 'America/New_York' };
  const looked = members.look(client, 'U1');
  await asked.promise;
  await members.changed({ ...before, tz: 'America/Los_Angeles' });
  answered.resolve({ user: before });
  await looked;
  expect(zones).toEqual(['America/Los_Angeles']);
});
