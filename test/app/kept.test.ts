import { addEnded, daysAgo, KEPT } from '#test/support/kept.ts';
import { expect, it } from 'vitest';
import { ulid } from 'ulid';
import { tidy } from '#app/tidy.ts';
import { codeSubject, caseSubject } from '#shared/subject.ts';
import { openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const DAY = 86_400_000;

const addMessage = ({ db }: LinkFirm, subject_id: string) =>
  db.insertInto('subject_message').values({ subject_id, key: 'card', channel: 'D1' }).execute();

const ids = async (
  firm: LinkFirm,
  table: 'sync' | 'request' | 'meeting' | 'support_case' | 'support_reply' | 'policy_value',
) => (await firm.db.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id);

const subjects = async ({ db }: LinkFirm) =>
  (await db.selectFrom('subject_message').select('subject_id').orderBy('subject_id').execute()).map(
    ({ subject_id }) => subject_id,
  );

it('a closed case is forgotten after a year, with its words and the request that it held', async () => {
  await using firm = await openLinkFirm();
  const add = async (id: string, number: number, opened: number, closed: number | null) => {
    await addEnded(firm, id, opened);
    await firm.db
      .insertInto('support_case')
      .values({
        id,
        number,
        request_id: `r-${id}`,
        sync_id: id,
        policy_id: 'policy',
        asked_by: 'dana',
        note: 'It looks wrong',
        channel: 'C1',
        opened_at: daysAgo(firm, opened),
        closed_at: closed === null ? null : daysAgo(firm, closed),
      })
      .execute();
    await firm.db
      .insertInto('support_reply')
      .values({ id, case_id: id, person_id: 'mona', text: 'Ask Ines Ito', at: 0 })
      .execute();
    await addMessage(firm, caseSubject(id));
  };
  await add('01', 1, 500, 400);
  await add('02', 2, 480, 200);
  await add('03', 3, 470, null);
  // Its number is the highest, and is not given twice.
  await add('04', 4, 460, 400);
  await tidy(firm, KEPT);
  expect(await ids(firm, 'support_case')).toEqual(['02', '03', '04']);
  expect(await ids(firm, 'support_reply')).toEqual(['02', '03', '04']);
  expect(await subjects(firm)).toEqual(['02', '03', '04'].map(caseSubject));
  expect(await ids(firm, 'request')).toEqual(['r-02', 'r-03', 'r-04']);
  expect(await ids(firm, 'sync')).toEqual(['02', '03', '04']);
  await tidy(firm, { ...KEPT, cases: 100 });
  expect(await ids(firm, 'support_case')).toEqual(['03', '04']);
});

it('a value that was settled goes once no request shows it, and holds no sync', async () => {
  await using firm = await openLinkFirm();
  const hold = async (id: string, syncs: string[], settled: number | null) => {
    await firm.db
      .insertInto('held_value')
      .values({
        id,
        policy_id: 'policy',
        sync_id: syncs.at(-1) ?? '',
        reading: '{}',
        held_at: daysAgo(firm, 300),
        settled: settled === null ? null : 'overtaken',
        settled_at: settled === null ? null : daysAgo(firm, settled),
      })
      .execute();
    for (const sync_id of syncs)
      await firm.db.insertInto('held_sync').values({ sync_id, held_id: id }).execute();
  };
  for (const id of ['01', '02', '03', '04', '05']) await addEnded(firm, id, 300, false);
  await addEnded(firm, '06', 10);
  await hold('settled', ['01'], 200);
  await hold('shown', ['02', '06'], 200);
  await hold('open', ['03', '04', '05'], null);
  await tidy(firm, KEPT);
  const held = await firm.db.selectFrom('held_value').select('id').orderBy('id').execute();
  expect(held).toEqual([{ id: 'open' }, { id: 'shown' }]);
  const rows = await firm.db.selectFrom('held_sync').select('sync_id').orderBy('sync_id').execute();
  expect(rows).toEqual([{ sync_id: '05' }, { sync_id: '06' }]);
  expect(await ids(firm, 'sync')).toEqual(['05', '06']);
});

it('meetings and pauses that ended are forgotten, open ones and what a request tells of stay', async () => {
  await using firm = await openLinkFirm();
  await addEnded(firm, '01', 10);
  const meet = (id: string, ended: number | null) =>
    firm.db
      .insertInto('meeting')
      .values({
        id,
        person_id: 'dana',
        contact_id: 'contact',
        at: 0,
        zone: 'UTC',
        created_at: daysAgo(firm, 120),
        warn_at: 0,
        refresh_at: 0,
        cutoff_at: 0,
        next_at: 0,
        ended_at: ended === null ? null : daysAgo(firm, ended),
      })
      .execute();
  await meet('long ago', 100);
  await meet('of late', 20);
  await meet('still', null);
  await firm.db
    .insertInto('meeting_request')
    .values({ meeting_id: 'long ago', request_id: 'r-01' })
    .execute();
  const pause = (id: string, ended: number | null) =>
    firm.db
      .insertInto('carrier_pause')
      .values({
        id,
        carrier_id: firm.facts.id,
        reason: 'portal-changed',
        began_at: daysAgo(firm, 120),
        picture: `${id}.png`,
        ended_at: ended === null ? null : daysAgo(firm, ended),
      })
      .execute();
  await pause('long ago', 100);
  await pause('of late', 20);
  await pause('still', null);
  await pause('told', 100);
  await firm.db.insertInto('pause_wait').values({ request_id: 'r-01', pause_id: 'told' }).execute();
  await tidy(firm, KEPT);
  expect(await ids(firm, 'meeting')).toEqual(['of late', 'still']);
  expect(await firm.db.selectFrom('meeting_request').selectAll().execute()).toEqual([]);
  const pauses = await firm.db.selectFrom('carrier_pause').select('id').orderBy('id').execute();
  expect(pauses.map(({ id }) => id)).toEqual(['of late', 'still', 'told']);
});

it('of values what was so when their time began stays, with all that came since', async () => {
  await using firm = await openLinkFirm();
  const value = (id: string, name: string, days: number) =>
    firm.db
      .insertInto('policy_value')
      .values({
        id,
        policy_id: 'policy',
        sync_id: id,
        name,
        minor: days,
        currency: 'USD',
        as_of: '',
        observed_at: daysAgo(firm, days),
      })
      .execute();
  await value('01', 'Account Value', 900);
  await value('02', 'Death Benefit', 890);
  await value('03', 'Account Value', 800);
  await value('04', 'Account Value', 700);
  await value('05', 'Account Value', 10);
  await tidy(firm, KEPT);
  expect(await ids(firm, 'policy_value')).toHaveLength(5);
  await tidy(firm, { ...KEPT, values: 730 });
  expect(await ids(firm, 'policy_value')).toEqual(['02', '03', '04', '05']);
});

it('what asked for a code, proofs of browsers and conversations of who left are forgotten', async () => {
  await using firm = await openLinkFirm();
  const codes = [200, 100, 10].map((days) => codeSubject(ulid(daysAgo(firm, days))));
  for (const subject of codes) await addMessage(firm, subject);
  const proofs = [
    { browser_hash: 'over', person_id: 'dana', expires_at: firm.time.now - 1 },
    { browser_hash: 'good', person_id: 'dana', expires_at: firm.time.now + DAY },
  ];
  await firm.db.insertInto('remembered_browser').values(proofs).execute();
  for (const [id, account, left] of [
    ['dana', 'UDANA', null],
    ['omar', 'UOMAR', 1],
  ] as const)
    await firm.db
      .updateTable('person')
      .set({ slack_user_id: account, deactivated_at: left })
      .where('id', '=', id)
      .execute();
  const channels = ['UDANA', 'UOMAR', 'UNOBODY'].map((account) => ({
    slack_user_id: account,
    channel: `D${account}`,
  }));
  await firm.db.insertInto('direct_channel').values(channels).execute();
  await tidy(firm, KEPT);
  expect(await subjects(firm)).toEqual(codes.slice(2));
  const browsers = await firm.db.selectFrom('remembered_browser').select('browser_hash').execute();
  expect(browsers).toEqual([{ browser_hash: 'good' }]);
  expect(await firm.db.selectFrom('direct_channel').selectAll().execute()).toEqual(
    channels.slice(0, 1),
  );
});
