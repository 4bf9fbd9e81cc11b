import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { drawNotification } from '#features/notifications/draw.ts';
import { notice, type Drawings } from '#features/notifications/messages.ts';
import type { NotificationKind } from '#features/notifications/notification.ts';
import { addNotification, rewriteNotification } from '#features/notifications/store.ts';
import { drawCase } from '#features/support-cases/draw.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { createBudget, SLACK_BUDGET } from '#slack/budget.ts';
import { createCharts } from '#slack/charts.ts';
import { createPlaces } from '#slack/place.ts';
import { project, type Draw } from '#slack/project.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { NO_LIMITS } from '#test/support/no-limits.ts';
import { MARCUS, SAM } from '#test/support/people.ts';
import { silent } from '#test/support/silent.ts';

/** What the firm must know goes to another person when the one who reads it has left Slack. */

let firm: LinkFirm;
let slack: LocalWorkspace;
let subjects: Record<string, Draw>;

beforeEach(async () => {
  firm = await openLinkFirm();
  slack = await startWorkspace({ clock: firm.clock });
  const people = [
    { id: 'sam', name: 'Sam Okafor', role: 'support', slack_user_id: SAM },
    { id: 'marcus', name: 'Marcus Webb', role: 'manager', slack_user_id: MARCUS },
  ];
  await firm.db.insertInto('person').values(people).execute();
  const drawn = (about: object) => [notice(about as { title: string; text: string })];
  const drawings = { 'carrier-pause': drawn, notice: drawn } as unknown as Drawings;
  subjects = { notification: drawNotification(drawings), case: drawCase };
});
afterEach(async () => {
  await slack.close();
  await firm[Symbol.asyncDispose]();
});

const untilShown = async (subjectId: string): Promise<void> => {
  const { store, clock } = firm;
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: silent,
  });
  const deps = {
    store,
    client,
    budget: createBudget(clock, { ...SLACK_BUDGET, retryMs: 1 }, NO_LIMITS),
    places: createPlaces(client, clock, () => undefined),
    charts: createCharts(),
    carrier: firm.carrier,
    settings: { command: '/sync', canLink: true, openBooks: true, channelValues: 'shown' as const },
    show: () => Promise.resolve(),
    log: () => undefined,
  };
  for (;;) {
    const { kind } = await project(deps, subjects, subjectId);
    if (kind === 'shown') return;
    firm.time.now += 60_000;
  }
};

/** As Slack's word of it leaves them. */
const leaves = () =>
  firm.db
    .updateTable('person')
    .set({ deactivated_at: firm.time.now })
    .where('id', '=', 'sam')
    .execute();

const withPerson = (slackId: string) =>
  slack.workspace.messages(`D${slackId.slice(1)}`).map(({ text }) => text);

const paused = { title: 'Northbridge', text: 'It is paused.' };
const ended = { title: 'Northbridge', text: 'It goes on.' };
const tellSam = async (kind: NotificationKind) => {
  const note = { kind, name: '01P', channel: SAM, about: paused as never };
  return (await addNotification(firm.store, note)) ?? '';
};

it('a notice to operators goes on with another of them', async () => {
  const id = await tellSam('carrier-pause');
  await untilShown(`notification:${id}`);
  await leaves();
  await rewriteNotification(firm.store, id, ended);
  await untilShown(`notification:${id}`);
  expect(withPerson(SAM)).toEqual([expect.stringContaining('paused')]);
  expect(withPerson(MARCUS)).toEqual([expect.stringContaining('goes on')]);
});

it('a notice to operators that Slack refuses their account goes to another of them', async () => {
  const id = await tellSam('carrier-pause');
  slack.workspace.changePerson(SAM, { deleted: true });
  await untilShown(`notification:${id}`);
  expect(withPerson(SAM)).toEqual([]);
  expect(withPerson(MARCUS)).toEqual([expect.stringContaining('paused')]);
});

it('a notice to operators ends where nobody else is there', async () => {
  await firm.db.deleteFrom('person').where('id', '=', 'marcus').execute();
  const id = await tellSam('carrier-pause');
  slack.workspace.changePerson(SAM, { deleted: true });
  await untilShown(`notification:${id}`);
  expect(withPerson(SAM)).toEqual([]);
});

it('what is for one person alone ends with them', async () => {
  const id = await tellSam('notice');
  slack.workspace.changePerson(SAM, { deleted: true });
  await untilShown(`notification:${id}`);
  expect([...withPerson(SAM), ...withPerson(MARCUS)]).toEqual([]);
});

it('a case that one of support had to themselves goes on with another', async () => {
  const { db, time } = firm;
  await addWaitingSync(firm);
  await db
    .insertInto('support_case')
    .values({
      id: '01C',
      number: 1,
      request_id: 'request',
      sync_id: 'sync',
      policy_id: 'policy',
      asked_by: 'dana',
      note: null,
      channel: SAM,
      opened_at: time.now,
      closed_at: null,
      closed_by: null,
    })
    .execute();
  await untilShown('case:01C');
  await leaves();
  await db.updateTable('support_case').set({ note: 'It is still so.' }).execute();
  await untilShown('case:01C');
  expect([withPerson(SAM).length, withPerson(MARCUS).length]).toEqual([1, 1]);
});
