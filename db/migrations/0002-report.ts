import { sql, type Kysely } from 'kysely';

/**
 * The report over every policy: one narrow row a policy with what it is searched, filtered and
 * sorted by, kept current by triggers inside the transaction that changes the truth, so that no
 * writer can forget it. For SQLite: FTS5 finds parts of names and numbers in any of 200,000 rows.
 */

/** What a policy's latest ended attempt can be; a cancelled one was none. */
const ENDED = `('success', 'not-found', 'needs-link', 'failed')`;

const TABLES = [
  // text: the contact's folded words, then the number; it is searched and sorted by. A word begins
  // after a blank, so a blank and two letters are enough for a trigram.
  // blocked_source_id: the login whose link the newest sync waits for. Times 0 and as_of '': never.
  `create table policy_report (
    row integer primary key,
    policy_id text not null unique,
    contact_id text not null,
    carrier_id text not null,
    product_class text not null,
    syncable integer not null,
    number_key text not null,
    text text not null,
    last_status text not null default '',
    last_reason text,
    last_attempt_at bigint not null default 0,
    last_success_at bigint not null default 0,
    blocked_source_id text,
    as_of text not null default '')`,

  // How many policies there are of each kind of thing, so that totals need no walk over all rows.
  `create table report_tally (
    kind text not null,
    carrier_id text not null,
    key text not null,
    n integer not null,
    primary key (kind, carrier_id, key)) without rowid`,

  `create virtual table policy_search using fts5(
    text, content='', contentless_delete=1, tokenize='trigram remove_diacritics 1')`,

  `create index sync_ended on sync (policy_id, finished_at) where status in ${ENDED}`,
];

const INDEXES = [
  `create index policy_report_contact on policy_report (contact_id)`,
  `create index policy_report_number on policy_report (number_key)`,
  `create index policy_report_text on policy_report (text)`,
  `create index policy_report_carrier_text on policy_report (carrier_id, text)`,
  `create index policy_report_status on policy_report (last_status, last_attempt_at)`,
  `create index policy_report_carrier_status
    on policy_report (carrier_id, last_status, last_attempt_at)`,
  `create index policy_report_success on policy_report (last_success_at) where syncable = 1`,
  `create index policy_report_carrier_success
    on policy_report (carrier_id, last_success_at) where syncable = 1`,
  `create index policy_report_as_of
    on policy_report (product_class, as_of) where syncable = 1 and as_of <> ''`,
  `create index policy_report_carrier_as_of
    on policy_report (carrier_id, product_class, as_of) where syncable = 1 and as_of <> ''`,
  `create index policy_report_blocked
    on policy_report (blocked_source_id, carrier_id) where blocked_source_id is not null`,
  `create index login_source_holder on login_source (holder_id)`,
  `create index source_share_person on source_share (person_id)`,
  `create index policy_home on policy (home_source_id) where home_source_id is not null`,
];

const textOf = (contact: string, numberKey: string): string =>
  `' ' || ${contact}.search || ' ' || lower(${numberKey}) || ' '`;

const syncable = (status: string): string =>
  `coalesce((select st.indicator in ('pending', 'open')
    from product_status st where st.name = ${status}), 0)`;

/** The sync that ended last, and whether the newest one waits for a link. */
const lastEnded = (policy: string): string =>
  `select s.status, s.reason, s.finished_at from sync s
   where s.policy_id = ${policy} and s.status in ${ENDED} and s.finished_at is not null
   order by s.finished_at desc, s.id desc limit 1`;
const blockedSource = (policy: string): string =>
  `select case when newest.status = 'needs-link'
        or (newest.status = 'queued' and newest.reason = 'waiting-for-link')
      then newest.source_id end
   from (select s.status, s.reason, s.source_id from sync s
     where s.policy_id = ${policy} and s.status <> 'cancelled'
     order by s.id desc limit 1) newest`;

const FILL = [
  `insert into policy_report (policy_id, contact_id, carrier_id, product_class, syncable, number_key,
      text, last_status, last_reason, last_attempt_at, last_success_at, blocked_source_id, as_of)
    select p.id, p.contact_id, p.carrier_id, p.product_class, ${syncable('p.status')}, p.number_key,
      ${textOf('c', 'p.number_key')},
      coalesce(e.status, ''), e.reason, coalesce(e.finished_at, 0), coalesce(e.success_at, 0),
      (${blockedSource('p.id')}),
      coalesce((select max(v.as_of) from policy_value v where v.policy_id = p.id), '')
    from policy p join contact c on c.id = p.contact_id
    left join (
      select *, row_number() over (partition by policy_id order by finished_at desc, id desc) as place,
        max(case when status = 'success' then finished_at end) over (partition by policy_id)
          as success_at
      from sync where status in ${ENDED} and finished_at is not null
    ) e on e.policy_id = p.id and e.place = 1`,
  `insert into policy_search (rowid, text) select row, text from policy_report`,
];

/** An hour is fine enough: the hour in which a rolling week begins is counted row by row. */
export const TALLY_HOUR_MS = 3_600_000;

/** What is counted, of a row `r`: its key, and the rows that have one. */
const TALLIES = [
  { kind: 'all', of: 'carrier_id', key: () => `''`, when: () => '1' },
  {
    kind: 'status',
    of: 'carrier_id, last_status',
    key: (r: string) => `${r}.last_status`,
    when: (r: string) => `${r}.last_status <> ''`,
  },
  {
    kind: 'success-hour',
    of: 'carrier_id, syncable, last_success_at',
    key: (r: string) => `printf('%06d', ${r}.last_success_at / ${TALLY_HOUR_MS})`,
    when: (r: string) => `${r}.syncable = 1`,
  },
  {
    kind: 'as-of',
    of: 'carrier_id, syncable, product_class, as_of',
    key: (r: string) => `${r}.product_class || ' ' || ${r}.as_of`,
    when: (r: string) => `(${r}.syncable = 1 and ${r}.as_of <> '')`,
  },
  {
    kind: 'blocked',
    of: 'carrier_id, blocked_source_id',
    key: (r: string) => `${r}.blocked_source_id`,
    when: (r: string) => `${r}.blocked_source_id is not null`,
  },
];
type Tally = (typeof TALLIES)[number];

const add = ({ kind, key, when }: Tally): string =>
  `insert into report_tally (kind, carrier_id, key, n)
   select '${kind}', new.carrier_id, ${key('new')}, 1 where ${when('new')}
   on conflict (kind, carrier_id, key) do update set n = n + 1;`;

const take = ({ kind, key, when }: Tally): string => {
  const same = `kind = '${kind}' and carrier_id = old.carrier_id and key = ${key('old')}`;
  return `update report_tally set n = n - 1 where ${same} and ${when('old')};
    delete from report_tally where ${same} and n <= 0;`;
};

const FILL_TALLIES = TALLIES.map(
  ({ kind, key, when }) =>
    `insert into report_tally (kind, carrier_id, key, n)
     select '${kind}', r.carrier_id, ${key('r')}, count(*) from policy_report r
     where ${when('r')} group by r.carrier_id, ${key('r')}`,
);

const trigger = (name: string, when: string, body: readonly string[]): string =>
  `create trigger report_${name} ${when} begin ${body.join('\n')} end`;

const SYNC_CHANGED = `
  update policy_report set
    (last_status, last_reason, last_attempt_at) =
      (select coalesce(e.status, ''), e.reason, coalesce(e.finished_at, 0)
       from (select 1) left join (${lastEnded('new.policy_id')}) e on true),
    last_success_at = case when new.status = 'success'
      then max(last_success_at, coalesce(new.finished_at, 0)) else last_success_at end,
    blocked_source_id = (${blockedSource('new.policy_id')})
  where policy_id = new.policy_id;`;

const TRIGGERS = [
  trigger('policy_added', 'after insert on policy', [
    `insert into policy_report (policy_id, contact_id, carrier_id, product_class, syncable, number_key,
       text)
     select new.id, new.contact_id, new.carrier_id, new.product_class, ${syncable('new.status')},
       new.number_key, ${textOf('c', 'new.number_key')}
     from contact c where c.id = new.contact_id;`,
  ]),
  trigger(
    'policy_changed',
    'after update of contact_id, carrier_id, product_class, status, number_key on policy',
    [
      `update policy_report set contact_id = new.contact_id, carrier_id = new.carrier_id,
         product_class = new.product_class, syncable = ${syncable('new.status')},
         number_key = new.number_key,
         text = (select ${textOf('c', 'new.number_key')} from contact c where c.id = new.contact_id)
       where policy_id = new.id;`,
    ],
  ),
  trigger('policy_gone', 'after delete on policy', [
    `delete from policy_report where policy_id = old.id;`,
  ]),
  trigger('contact_changed', 'after update of search on contact when old.search <> new.search', [
    `update policy_report set text = ${textOf('new', 'number_key')} where contact_id = new.id;`,
  ]),
  trigger(
    'indicator_changed',
    'after update of indicator on product_status when old.indicator <> new.indicator',
    [
      `update policy_report set syncable = new.indicator in ('pending', 'open')
       where syncable <> (new.indicator in ('pending', 'open'))
         and policy_id in (select id from policy where status = new.name);`,
    ],
  ),
  trigger('sync_added', 'after insert on sync', [SYNC_CHANGED]),
  trigger(
    'sync_changed',
    `after update of status, reason on sync when old.status <> new.status
       or (old.reason = 'waiting-for-link') <> (new.reason = 'waiting-for-link')`,
    [SYNC_CHANGED],
  ),
  trigger('value_added', 'after insert on policy_value', [
    `update policy_report set as_of = new.as_of
     where policy_id = new.policy_id and as_of < new.as_of;`,
  ]),
  trigger('row_added', 'after insert on policy_report', [
    `insert into policy_search (rowid, text) values (new.row, new.text);`,
    ...TALLIES.map(add),
  ]),
  trigger('row_gone', 'after delete on policy_report', [
    `delete from policy_search where rowid = old.row;`,
    ...TALLIES.map(take),
  ]),
  trigger('text_changed', 'after update of text on policy_report when old.text <> new.text', [
    `update policy_search set text = new.text where rowid = new.row;`,
  ]),
  ...TALLIES.map((tally) =>
    trigger(
      `tally_${tally.kind.replace('-', '_')}`,
      `after update of ${tally.of} on policy_report
       when old.carrier_id <> new.carrier_id
         or ${tally.when('old')} is not ${tally.when('new')}
         or ${tally.key('old')} is not ${tally.key('new')}`,
      [take(tally), add(tally)],
    ),
  ),
];

export const report = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of [...TABLES, ...FILL, ...FILL_TALLIES, ...INDEXES, ...TRIGGERS])
      await sql.raw(statement).execute(db);
  },
};
