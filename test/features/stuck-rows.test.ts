import { expect, it } from 'vitest';
import { eventsToDo } from '#features/meetings/calendar/store/events.ts';
import { addNotification, notificationsBehind } from '#features/notifications/store.ts';
import { addStep, requestsOfSteps } from '#features/workflow-step/store.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

/** What nobody ever takes stays; a look of the sweep is short, and still reaches what came since. */

it('a notification is asked for again though an older one never goes', async () => {
  await using firm = await openLinkFirm();
  const tell = (name: string) =>
    addNotification(firm.store, {
      kind: 'notice',
      name,
      channel: 'UGONE0001',
      about: { title: name, text: name },
    });
  await tell('stuck');
  firm.time.now += 1;
  const newer = await tell('new');
  expect(await notificationsBehind(firm.store, 1)).toEqual([newer]);
});

it('a workflow is told again though an older one is refused for good', async () => {
  await using firm = await openLinkFirm();
  for (const id of ['01', '02', '03']) {
    await firm.db
      .insertInto('request')
      .values({
        id,
        person_id: 'dana',
        kind: 'policy',
        policy_id: 'policy',
        asked_in: 'C1',
        channel: 'C1',
        created_at: firm.time.now,
        ended_at: firm.time.now,
      })
      .execute();
    for (const step of ['a', 'b'])
      await addStep(firm.store, `${id}${step}`, { requestId: id, policyId: 'policy' });
  }
  expect(await requestsOfSteps(firm.store, 2)).toEqual(['03', '02']);
});

it('an event to come is planned though others began before anybody could', async () => {
  await using firm = await openLinkFirm();
  const add = (key: string, at: number, state = 'sure') =>
    firm.db
      .insertInto('calendar_event')
      .values({
        person_id: 'dana',
        key,
        series: key,
        at,
        title: key,
        contacts: '[]',
        state,
        meeting_id: null,
      })
      .execute();
  await add('began', firm.time.now - 1);
  await add('to come', firm.time.now + 2);
  await add('cancelled', firm.time.now - 2, 'gone');
  const keys = (await eventsToDo(firm.store, 'UTC', 2)).map(({ key }) => key);
  expect(keys).toEqual(['cancelled', 'to come']);
});
