import { TALLIES } from './tallies.ts';

/**
 * What the triggers of SQLite's migrations do, in the transaction that changes the truth, for Postgres.
 * A condition that asks another table stands in the function, and everything else in `when`.
 */
const trigger = (
  name: string,
  when: string,
  body: string,
  { declare = '' }: { declare?: string } = {},
): string[] => [
  `create function ${name}() returns trigger language plpgsql as $$
   ${declare}
   begin ${body} return null; end $$`,
  `create trigger ${name} ${when} execute function ${name}()`,
];

const after = (change: string, when?: string): string =>
  `after ${change} for each row${when === undefined ? '' : ` when (${when})`}`;

const ENDED = `('success', 'not-found', 'needs-link', 'failed')`;

const textOf = (search: string, numberKey: string): string =>
  `' ' || ${search} || ' ' || lower(${numberKey}) || ' '`;

const syncable = (status: string): string =>
  `coalesce((select (st.indicator in ('pending', 'open'))::integer
    from product_status st where st.name = ${status}), 0)`;

/** The login whose link the newest sync waits for, none if it waits for none. */
const BLOCKED_CHANGED = `
  select case when s.status = 'needs-link'
      or (s.status = 'queued' and s.reason = 'waiting-for-link') then s.source_id end
    into blocked from sync s
    where s.policy_id = new.policy_id and s.status <> 'cancelled' order by s.id desc limit 1;
  update policy_report set blocked_source_id = blocked
    where policy_id = new.policy_id and blocked_source_id is distinct from blocked;`;

const ENDED_CHANGED = `
  select s.status, s.reason, s.finished_at into ended from sync s
    where s.policy_id = new.policy_id and s.status in ${ENDED} and s.finished_at is not null
    order by s.finished_at desc, s.id desc limit 1;
  update policy_report set
    last_status = coalesce(ended.status, ''), last_reason = ended.reason,
    last_attempt_at = coalesce(ended.finished_at, 0),
    last_success_at = case when new.status = 'success'
      then greatest(last_success_at, coalesce(new.finished_at, 0)) else last_success_at end
    where policy_id = new.policy_id;`;

const blocked = { declare: 'declare blocked text;' };
const ended = { declare: 'declare ended record;' };

const REPORT = [
  ...trigger(
    'report_policy_added',
    after('insert on policy'),
    `insert into policy_report (policy_id, contact_id, carrier_id, product_class, syncable, number_key,
       text)
     select new.id, new.contact_id, new.carrier_id, new.product_class, ${syncable('new.status')},
       new.number_key, ${textOf('c.search', 'new.number_key')}
     from contact c where c.id = new.contact_id;`,
  ),
  ...trigger(
    'report_policy_changed',
    after('update of contact_id, carrier_id, product_class, status, number_key on policy'),
    `update policy_report set contact_id = new.contact_id, carrier_id = new.carrier_id,
       product_class = new.product_class, syncable = ${syncable('new.status')},
       number_key = new.number_key,
       text = (select ${textOf('c.search', 'new.number_key')} from contact c
         where c.id = new.contact_id)
     where policy_id = new.id;`,
  ),
  ...trigger(
    'report_policy_gone',
    after('delete on policy'),
    `delete from policy_report where policy_id = old.id;`,
  ),
  ...trigger(
    'report_contact_changed',
    after('update of search on contact', 'old.search <> new.search'),
    `update policy_report set text = ${textOf('new.search', 'number_key')}
     where contact_id = new.id;`,
  ),
  ...trigger(
    'report_indicator_changed',
    after('update of indicator on product_status', 'old.indicator <> new.indicator'),
    `update policy_report set syncable = (new.indicator in ('pending', 'open'))::integer
     where syncable <> (new.indicator in ('pending', 'open'))::integer
       and policy_id in (select id from policy where status = new.name);`,
  ),
  ...trigger(
    'report_value_added',
    after('insert on policy_value'),
    `update policy_report set as_of = new.as_of
     where policy_id = new.policy_id and as_of < new.as_of;`,
  ),
  ...trigger('report_sync_added', after('insert on sync'), BLOCKED_CHANGED, blocked),
  ...trigger(
    'report_sync_changed',
    after(
      'update of status, reason on sync',
      `old.status <> new.status
       or (old.reason = 'waiting-for-link') <> (new.reason = 'waiting-for-link')`,
    ),
    BLOCKED_CHANGED,
    blocked,
  ),
  ...trigger(
    'report_ended_sync_added',
    after('insert on sync', `new.status in ${ENDED}`),
    ENDED_CHANGED,
    ended,
  ),
  ...trigger(
    'report_sync_ended',
    after(
      'update of status on sync',
      `old.status <> new.status and (old.status in ${ENDED} or new.status in ${ENDED})`,
    ),
    ENDED_CHANGED,
    ended,
  ),
];

type Tally = (typeof TALLIES)[number];

const add = ({ kind, key, when }: Tally): string =>
  `insert into report_tally (kind, carrier_id, key, n)
   select '${kind}', new.carrier_id, ${key('new')}, 1 where ${when('new')}
   on conflict (kind, carrier_id, key) do update set n = report_tally.n + 1;`;

const take = ({ kind, key, when }: Tally): string => {
  const same = `kind = '${kind}' and carrier_id = old.carrier_id and key = ${key('old')}`;
  return `update report_tally set n = n - 1 where ${same} and ${when('old')};
    delete from report_tally where ${same} and n <= 0;`;
};

const TALLIED = [
  ...trigger('report_row_added', after('insert on policy_report'), TALLIES.map(add).join('\n')),
  ...trigger('report_row_gone', after('delete on policy_report'), TALLIES.map(take).join('\n')),
  ...TALLIES.flatMap((tally) =>
    trigger(
      `report_tally_${tally.kind.replace('-', '_')}`,
      after(
        `update of ${tally.of} on policy_report`,
        `old.carrier_id <> new.carrier_id
         or (${tally.when('old')}) is distinct from (${tally.when('new')})
         or (${tally.key('old')}) is distinct from (${tally.key('new')})`,
      ),
      `${take(tally)} ${add(tally)}`,
    ),
  ),
];

const refused = (why: string): string => `raise exception '${why}';`;

const AUDIT = [
  ...trigger(
    'audit_at_the_end',
    'before insert on audit for each row',
    `if new.seq is distinct from
       1 + coalesce((select max(seq) from audit), (select seq from audit_start))
     then ${refused('the audit is append-only')} end if; return new;`,
  ),
  ...trigger(
    'audit_no_update',
    'before update on audit for each row',
    refused('the audit is append-only'),
  ),
  ...trigger(
    'audit_no_delete',
    'before delete on audit for each row',
    `if old.seq > (select seq from audit_start)
     then ${refused('the audit is append-only')} end if; return old;`,
  ),
  ...trigger('audit_no_truncate', 'before truncate on audit', refused('the audit is append-only')),
  ...trigger(
    'audit_start_once',
    'before insert on audit_start for each row',
    refused('the audit has one start'),
  ),
  ...trigger(
    'audit_start_kept',
    'before delete on audit_start for each row',
    refused('the audit has one start'),
  ),
  // Let go is a whole beginning, up to a row that stands, by its own hash.
  ...trigger(
    'audit_start_forward',
    'before update on audit_start for each row',
    `if not exists (select 1 from audit
       where seq = new.seq and hash = new.hash and seq > old.seq)
     then ${refused('the audit is let go from its beginning alone')} end if; return new;`,
  ),
];

const LOGINS = [
  // No writer can forget them: a login without them could be neither linked nor leased.
  ...trigger(
    'login_source_parts',
    after('insert on login_source'),
    `insert into login_link (source_id) values (new.id);
     insert into login_lease (source_id) values (new.id);`,
  ),
  ...trigger(
    'login_link_linked',
    after('update of linked_at on login_link', 'new.linked = 1 and new.linked_at is not null'),
    `update login_link set day_wanted_at = new.linked_at where source_id = new.source_id;`,
  ),
  ...trigger(
    'deletion_0',
    after('delete on sealed_secret'),
    `update deletion set made = made + 1;`,
  ),
  ...trigger(
    'deletion_1',
    after('update of sealed on sealed_secret'),
    `update deletion set made = made + 1;`,
  ),
];

/** Sorts by the order in which the rows were written, also within one millisecond. */
const EVENT_ID = `'evt_' || lpad(to_hex(nextval('webhook_event_order')), 16, '0')
  || left(replace(gen_random_uuid()::text, '-', ''), 12)`;

const WEBHOOKS = [
  `create sequence webhook_event_order`,
  ...trigger(
    'webhook_sync_ended',
    after('update of status on sync', `old.status <> new.status and new.status in ${ENDED}`),
    `if exists (select 1 from webhook_target) then
       insert into webhook_event (id, type, subject_id, policy_id, created_at)
       values (${EVENT_ID}, 'sync.finished', new.id, new.policy_id,
         coalesce(new.finished_at, floor(extract(epoch from clock_timestamp()) * 1000)::bigint));
     end if;`,
  ),
  ...trigger(
    'webhook_policy_corrected',
    after('insert on audit', `new.action in ('policy.status-updated', 'policy.number-corrected')`),
    `if exists (select 1 from webhook_target) then
       insert into webhook_event (id, type, subject_id, policy_id, created_at)
       values (${EVENT_ID}, new.action, new.id, new.subject_id, new.at);
     end if;`,
  ),
];

export const TRIGGERS = [...REPORT, ...TALLIED, ...AUDIT, ...LOGINS, ...WEBHOOKS];
