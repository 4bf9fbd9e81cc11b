import { momentOf, numbers, DAY, type Firm } from './firm-rows.ts';

/** A reading that nobody believes yet, as JSON. */
const READING = `'{"carrierStatus":"Active","values":[{"name":"Account Value","amount":{"minor":' || i || ',"currency":"USD"},"asOf":"2026-11-17"}],"missing":[],"doubts":[]}'`;
const policyOf = (number: string): string => `printf('policy-%06d', ${number})`;
const contactOf = (number: string): string => `printf('contact-%06d', ${number})`;
const ADVISOR = `printf('advisor-%03d', i % 500)`;
const CHANNEL = `printf('D%05d', i % 500)`;
/** How many of something there are, so that a small firm has some of it as well. */
const oneIn = (policies: number, share: number): number =>
  Math.max(1, Math.floor(policies / share));

/**
 * What people, carriers and other systems have left in a firm by the newest tables: readings that are
 * not believed, pauses, cases, meetings, notifications, and what Slack and a webhook were told.
 */
export const lifeOf = (firm: Firm): string[] => {
  const { policies, logins, days, requests, now } = firm;
  const last = days - 1;
  const held = oneIn(policies, 200);
  const cases = oneIn(requests, 10);
  const meetings = oneIn(policies, 400);
  const eachDay = (statement: (day: number, at: number) => string): string[] =>
    Array.from({ length: days }, (_, day) => statement(day, momentOf(firm, day)));
  return [
    `update login_link set unlinked_at = ${now} - source_id % 7 * ${DAY},
        unlinked_told = case when substr(source_id, 8) % 3 = 0 then 0 else 1 end where linked = 0`,
    `insert into work_day select distinct day, min(created_at), 1 from background_run group by day`,
    `insert into task_run select 'day', day, starts_at, starts_at + 60000 from work_day`,
    `insert into task_run select 'tidy', day, starts_at, starts_at + 60000 from work_day`,

    // Of one policy in 200 one reading waits for a person, and one was settled each tenth day.
    `${numbers(held)} insert into held_value (id, policy_id, sync_id, reading, held_at)
      select printf('held-%03d-%06d', ${last}, i), ${policyOf('i * 200 + 4')},
        printf('sync-%03d-%06d', ${last}, i * 200 + 4), ${READING}, ${momentOf(firm, last)} + i from n
        where (select finished_at from sync where id = printf('sync-%03d-%06d', ${last}, i * 200 + 4)) is not null`,
    ...eachDay((day, at) =>
      day % 10 !== 0 || day === last
        ? ''
        : `${numbers(held)} insert into held_value (id, policy_id, sync_id, reading, held_at, settled,
          settled_by, settled_at) select printf('held-%03d-%06d', ${day}, i), ${policyOf('i * 200 + 5')},
          printf('sync-%03d-%06d', ${day}, i * 200 + 5), ${READING}, ${at} + i, 'accepted', ${ADVISOR},
          ${at} + 3600000 from n where i * 200 + 5 < ${policies}`,
    ),
    `insert into held_sync select sync_id, id from held_value where true on conflict do nothing`,

    // A carrier that is paused by a person, and one that was each other day.
    ...eachDay((day, at) =>
      day % 2 === 0
        ? `insert into carrier_pause (id, carrier_id, reason, began_at, failures, policies, ended_at,
          ended_how, version, told_version) values (printf('pause-%03d', ${day}),
          printf('carrier-%02d', ${day} % 11), 'portal-changed', ${at}, 3, 3, ${at} + 3600000, 'probe', 4, 4)`
        : '',
    ),
    `insert into pause_wait select r.id, p.id from carrier_pause p
      join request r on r.id like 'request-' || substr(p.id, 7) || '-0000%'`,
    `insert into carrier_pause (id, carrier_id, reason, began_at, paused_by, version, told_version)
      values ('pause-999', 'carrier-11', 'by-hand', ${now} - 3600000, 'advisor-001', 1, 1)`,
    `update carrier set paused_reason = 'by-hand' where id = 'carrier-11'`,

    // One request in ten of every tenth day was brought to support, and of the last day is open.
    ...eachDay((day, at) =>
      day % 10 === last % 10
        ? `${numbers(cases)} insert into support_case (id, number, request_id, sync_id, policy_id, asked_by,
          note, channel, opened_at, closed_at, closed_by, version, shown_version)
          select printf('case-%03d-%06d', ${day}, i), ${day} * ${cases} + i + 1,
            printf('request-%03d-%06d', ${day}, i * 10), printf('sync-%03d-%06d', ${day}, i * 100),
            ${policyOf('i * 100')}, ${ADVISOR}, 'It looks wrong', 'CSUPPORT1', ${at} + i,
            ${day === last ? 'null, null' : `${at} + 7200000, 'advisor-001'`}, 3, 3
          from n where i * 100 < ${policies}`
        : '',
    ),
    `insert into support_reply select 'reply-' || id, id, 'advisor-001', 'We look at it', opened_at
      from support_case`,

    // Meetings that were, that come, and that are due now.
    ...eachDay((day, at) =>
      day === last
        ? ''
        : `${numbers(oneIn(meetings, 10))} insert into meeting (id, person_id, contact_id, at, zone, created_at,
          warn_at, refresh_at, cutoff_at, next_at, warned_at, refreshed_at, card_at, ended_at, ended_why)
          select printf('meeting-%03d-%06d', ${day}, i), ${ADVISOR}, ${contactOf('i')}, ${at} + ${DAY},
            'America/New_York', ${at} + i, ${at}, ${at}, ${at}, ${at}, ${at}, ${at}, ${at}, ${at} + ${DAY}, 'over' from n`,
    ),
    `${numbers(meetings)} insert into meeting (id, person_id, contact_id, at, zone, created_at, warn_at,
        refresh_at, cutoff_at, next_at, warned_at)
      select printf('meeting-%03d-%06d', ${last}, i), ${ADVISOR}, ${contactOf('i')},
        ${now} + (case when i % 50 = 0 then 1800000 else ${DAY} * 2 end), 'America/New_York',
        ${momentOf(firm, last)} + i, ${now} - 3600000, ${now} + ${DAY}, ${now} + ${DAY},
        case when i % 50 = 0 then ${now} - 1 else ${now} + ${DAY} end, ${now} - 3600000 from n`,

    // Slack's side: a message a request, a morning's message a person and day, and acts of three days.
    ...eachDay(
      (day, at) => `${numbers(requests)} insert into subject_message (subject_id, key, channel, ts,
          content_hash, posted_at, final)
        select printf('request-%03d-%06d', ${day}, i), 'card', 'C1', '1.' || i, 'hash', ${at}, 1 from n`,
    ),
    ...eachDay(
      (
        day,
        at,
      ) => `${numbers(500)} insert into notification (id, kind, name, channel, about, created_at, shown_version)
        select printf('notice-%03d-%06d', ${day}, i), 'link-warning', ${ADVISOR} || ':' || date(${at} / 1000, 'unixepoch'),
          ${CHANNEL}, '{"items":[{"sourceId":"source-00001","name":"Login 1","carrierName":"Carrier 1","why":"unlinked","until":"","reason":null,"waiting":3,"done":"linked"}]}',
          ${at} + i, 1 from n`,
    ),
    `insert into notification_source select id, printf('source-%05d', substr(id, 12) % ${logins}), 'unlinked', ''
      from notification`,
    `insert into subject_message (subject_id, key, channel, ts, content_hash, posted_at)
      select 'notification:' || id, 'link-warning', channel, '1.1', 'hash', created_at from notification`,
    `${numbers(500)} insert into direct_channel select printf('UADV%05d', i), ${CHANNEL} from n`,
    `${numbers(oneIn(policies, 10))} insert into handled (key, at)
      select printf('event-%06d', i), ${now} - 2 * ${DAY} + i from n`,
    ...eachDay((day, at) =>
      day < last - 30
        ? ''
        : `${numbers(requests)} insert into webhook_event (id, type, subject_id, policy_id, created_at, delivered_at)
          select printf('evt_%03d%06d', ${day}, i), 'sync.finished', printf('sync-%03d-%06d', ${day}, i * 10),
            ${policyOf('i * 10')}, ${at} + i, ${day === last ? `case when i % 10 <> 0 then ${at} + 1000 end` : `${at} + 1000`} from n`,
    ),
    `${numbers(oneIn(requests, 20))} insert into workflow_step
      (execution_id, request_id, created_at, completed_at)
      select printf('execution-%06d', i), printf('request-%03d-%06d', ${last}, i), ${now}, ${now} from n`,
    `${numbers(oneIn(policies, 100))} insert into named_policy
      select ${ADVISOR}, ${policyOf('i')}, ${now} + (i % 40 - 10) * ${DAY} from n`,
    `insert into book_reading (source_id, read_at, ended, entries)
      select id, ${momentOf(firm, last)}, 'whole', 100 from login_source`,
    `${numbers(oneIn(policies, 1000))} insert into status_wait
      select ${policyOf('i * 1000 + 2')}, printf('carrier-%02d', (i * 1000 + 2) % 12), 'in review',
        printf('sync-%03d-%06d', ${last}, i * 1000 + 2) from n`,
    `insert into worker values ('worker-1', ${now} - ${DAY}, ${now})`,
    // From here on what ends is told to somebody.
    `insert into webhook_target (id) values (1)`,
  ].filter((statement) => statement !== '');
};
