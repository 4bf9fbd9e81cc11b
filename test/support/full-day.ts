import { sql } from 'kysely';
import { lastValuedDay } from '#shared/calendar.ts';
import type { Database } from '#database/connection.ts';

const DAY_MS = 24 * 60 * 60_000;

const FIRST = 'Ava Noah Mia Liam Zoe Owen Ruth Hugo Iris Carl Nina Paul Elsa Omar June Theo';
const LAST =
  'Alvarez Brandt Castillo Dufour Ellison Fischer Gupta Haddad Ito Jensen Keller Lindqvist';
const CARRIERS = 'Summit Mutual,Prairie Life,Atlantic Annuity,Cedar Financial,Old Harbor Life';

/** One of a list, by the row's number. */
const oneOf = (list: readonly string[], which: string): string =>
  `case (${which}) % ${list.length} ${list.map((each, at) => `when ${at} then '${each}'`).join(' ')} end`;

/** A number as text of so many digits. */
const digits = (number: string, length: number): string =>
  `substr(cast(${10 ** length} + (${number}) as text), 2)`;

/** An id, as both databases write it. */
const id = (name: string, number = 'i'): string => `'full-${name}-' || ${digits(number, 6)}`;
const carrierId = (number: string): string => `'full-carrier-' || cast((${number}) as text)`;
const sourceId = (number: string): string => `'full-source-' || cast((${number}) as text)`;
const numberOf = (between: string, more = ''): string =>
  `${digits(`i * 37 % 1000000${more}`, 6)} || '${between}' || ${digits('i % 9973', 4)}`;

/**
 * The outcome of policy `i`'s attempt of today, first match first; everything is a pure function of
 * the number, so that tests can count.
 */
const OUTCOMES = [
  ['i % 40 = 39', '', ''],
  ['i % 250 = 17', 'not-found', 'number-mismatch'],
  ['i % 100 = 0', 'not-found', 'never-seen'],
  ['i % 500 = 77', 'not-found', 'gone'],
  ['i % 400 = 33', 'success', 'status-drift'],
  ['i % 150 = 5', 'success', 'stale'],
  ['i % 1000 = 98', 'failed', 'action-needed'],
  ['i % 300 = 7', 'failed', 'carrier-down'],
  ['i % 8 = 1', 'success', 'unchanged'],
  ['1 = 1', 'success', 'changed'],
] as const;

const outcome = (part: 1 | 2): string =>
  `case ${OUTCOMES.map((each) => `when ${each[0]} then '${each[part]}'`).join(' ')} end`;

/**
 * A day's work added to a firm that has people: this many policies at seven carriers, read today
 * but for what went wrong; the market fell by some 2% since yesterday, and a few policies fell more.
 * One carrier's only login is unlinked.
 */
export const addFullDay = async (db: Database, policies: number, now: number): Promise<void> => {
  const asOf = lastValuedDay(now);
  const before = new Date(Date.parse(asOf) - DAY_MS).toISOString().slice(0, 10);
  const old = new Date(Date.parse(asOf) - 30 * DAY_MS).toISOString().slice(0, 10);
  const numbers = (count: number): string =>
    `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${count})`;
  const [first, last] = [FIRST.split(' '), LAST.split(' ')];
  const carriers = CARRIERS.split(',');
  const readAt = `${now} - i % 3600000 - 60000`;
  const statements = [
    `${numbers(5)} insert into carrier (id, name)
      select ${carrierId('i')}, ${oneOf(carriers, 'i')} from n`,
    `${numbers(5)} insert into login_source (id, carrier_id, name, holder_id)
      select ${sourceId('i')}, ${carrierId('i')},
        'Ana – ' || ${oneOf(carriers, 'i')},
        (select id from person where name = 'Ana Ruiz') from n`,
    `update login_link set linked = 1
      where source_id like 'full-source-%' and source_id <> 'full-source-2'`,
    `${numbers(Math.ceil(policies / 5))} insert into contact (id, external_id, kind, name, search)
      select ${id('contact')}, 'full-' || ${digits('i', 6)}, 'individual',
        ${oneOf(first, 'i')} || ' ' || ${oneOf(last, 'i / 3')}, lower(${oneOf(first, 'i')}) from n`,
    `${numbers(Math.ceil(policies / 5))} insert into book select ${id('contact')},
        (select id from person where name = case when i % 4 = 0 then 'Ana Ruiz' else 'Ben Carter' end)
      from n`,
    `${numbers(policies)} insert into policy (id, external_id, contact_id, carrier_id, number,
        number_key, product_name, product_type, plan_type, product_class, status, updated_at)
      select ${id('policy')}, 'full-' || ${digits('i', 6)},
        ${id('contact', 'i / 5')}, ${carrierId('i * 3 / 7 % 5')},
        ${numberOf('-')}, ${numberOf('')},
        'Harbor Select', 'Annuity', 'Variable', case when i % 4 = 0 then 'fixed' else 'variable' end,
        case when i % 27 = 26 then 'Surrendered' else 'In Force' end, 0 from n`,
    `${numbers(policies)} insert into sync (id, policy_id, source_id, priority, status, reason, detail,
        created_at, finished_at)
      select ${id('sync')}, ${id('policy')},
        ${sourceId('i * 3 / 7 % 5')}, 100, ${outcome(1)}, ${outcome(2)},
        case when i % 250 = 17 then '{"crmNumber":"' || ${numberOf('-')}
            || '","closeNumbers":["' || ${numberOf('-', ' + 1')} || '"]}'
          when i % 400 = 33 then '{"carrierStatus":"Surrendered","asOf":"${old}"}'
          when i % 150 = 5 then '{"asOf":"${old}"}' else '{}' end,
        ${readAt}, ${readAt}
      from n where ${outcome(1)} <> '' and i * 3 / 7 % 5 <> 2`,
    `${numbers(policies)} insert into sync (id, policy_id, source_id, priority, status, reason,
        created_at)
      select ${id('sync')}, ${id('policy')}, 'full-source-2', 100,
        'queued', 'waiting-for-link', ${readAt} from n where i * 3 / 7 % 5 = 2 and i % 27 <> 26`,
    // The amount of the day before, and of today where it was read.
    `${numbers(policies)} insert into policy_value (id, policy_id, sync_id, name, minor, currency,
        as_of, observed_at)
      select ${id('value-0')}, ${id('policy')}, ${id('sync')}, 'Account Value',
        2000000 + i * 7919 % 90000000, 'USD', case when i % 150 = 5 then '${old}' else '${before}' end,
        ${now} - ${2 * DAY_MS} from n where i % 40 <> 39 and not (i * 3 / 7 % 5 = 2 and i % 27 = 26)`,
    `${numbers(policies)} insert into policy_value (id, policy_id, sync_id, name, minor, currency,
        as_of, observed_at)
      select ${id('value-1')}, ${id('policy')}, ${id('sync')}, 'Account Value',
        cast(2000000 + i * 7919 % 90000000 as bigint) * case when i % 4 = 0 then 1000 when i % 211 = 3 then 850 + i % 60
          else 976 + i % 7 end / 1000,
        'USD', '${asOf}', ${readAt}
      from n where ${outcome(2)} = 'changed' and i * 3 / 7 % 5 <> 2`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
};
