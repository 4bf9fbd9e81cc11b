export const DAY = 86_400_000;
export const CARRIERS = 12;
const ADVISORS = 500;

export interface Size {
  policies: number;
  /** One for five policies, if it is not said. */
  contacts?: number;
  /** Names of syllables, as people's are, of which many share parts; "Person7 Family7" if it is not said. */
  spoken?: true;
  logins: number;
  /** Each of them read every policy once. */
  days: number;
  /** Ended requests of one policy each, a day. */
  requests: number;
}

export interface Firm extends Size {
  /** The middle of a business day, epoch ms. */
  now: number;
}

/** When the syncs of this day began: those of the last one the evening before. */
export const momentOf = ({ days, now }: Firm, day: number): number =>
  now - (days - day) * DAY + DAY / 4;

export const numbers = (count: number): string =>
  `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${count})`;

/** One login in twenty is unlinked, at every carrier, and none of the first thirteen of twenty. */
const isUnlinked = (login: string): string => `${login} % 20 = 13 + ${login} / 20 % 4`;

const NUMBERED = `printf('Person%d Family%d', i, i % 997)`;
const SYLLABLES = 'an belcorda el fi gehaisojokalumarnorpaquirosateuriviwenyaz';
/** One of 19 parts of the text above; `by` draws it from the number of the contact. */
const syllable = (by: number): string =>
  `trim(substr('${SYLLABLES}', 1 + 3 * (i * ${by} / 64 % 19), 3))`;
const SPOKEN = `${syllable(37)} || ${syllable(101)} || ' ' || ${syllable(59)} || ${syllable(211)} || ${syllable(17)}`;

/** What carriers say of an annuity, and of which the report shows the first. */
const VALUES = ['Account Value', 'Cash Surrender Value', 'Death Benefit', 'Total Premium'];
/** Of one policy in twenty, two of them are others every day. */
const MOVING = 2;

const detail = (at: number): string =>
  `'{"carrierStatus":"Active","values":[{"name":"Account Value","amount":{"minor":' || i * 100
    || ',"currency":"USD"},"asOf":"' || date(${at} / 1000, 'unixepoch') || '"}]}'`;

/** A day of syncs: of the last one those at unlinked logins wait for the link. */
const syncsOf = (firm: Firm, day: number, login: string): string => {
  const { policies, requests, days } = firm;
  const at = momentOf(firm, day);
  const isLast = day === days - 1;
  const waits = isLast ? isUnlinked('login') : 'false';
  const isMissing = 'i % 25 = 3';
  const isDown = `(i + ${day} * 7) % 60 = 11`;
  const ended = (then: string): string => `case when ${waits} then null else ${then} end`;
  return `${numbers(policies)}, at (i, login) as (select i, ${login} from n where i % 10 <> 9)
    insert into sync (id, policy_id, source_id, run_id, priority, status, reason, detail, created_at,
        started_at, finished_at)
      select printf('sync-%03d-%06d', ${day}, i), printf('policy-%06d', i), printf('source-%05d', login),
        ${isLast ? `printf('run-%03d-%05d', ${day}, login)` : 'null'},
        case when i % 10 = 0 and i / 10 < ${requests} then 1 else 100 end,
        case when ${waits} then 'queued' when ${isMissing} then 'not-found' when ${isDown} then 'failed'
          else 'success' end,
        case when ${waits} then 'waiting-for-link' when ${isMissing} then 'never-seen'
          when ${isDown} then 'carrier-down' else 'unchanged' end,
        ${isLast ? ended(detail(at)) : 'null'}, ${at} + i, ${ended(`${at} + i`)},
        ${ended(`${at} + i + 2000`)} from at`;
};

/** The login that is the home of policy `i`: one of its carrier. */
const login = ({ logins }: Firm): string =>
  `(i % ${CARRIERS}) + ${CARRIERS} * (i / ${CARRIERS} % ${Math.floor(logins / CARRIERS)})`;

/**
 * The syncs of the last day, written as a day is into indexes that stand. One that is made of all rows
 * at once has full pages, and the next day would part every one of them, as none of a firm's days does.
 */
export const newestOf = (firm: Firm): string[] => [
  syncsOf(firm, firm.days - 1, login(firm)),
  // Somebody waits for the link as well.
  `update request set ended_at = null where id in (select r.request_id from request_sync r
      join sync s on s.id = r.sync_id
      where s.id >= printf('sync-%03d-', ${firm.days - 1}) and s.status = 'queued')`,
];

/** What else the first release's tables hold: people, policies, logins, and the days of syncs before. */
export const rowsOf = (firm: Firm): string[] => {
  const {
    policies,
    contacts = Math.ceil(policies / 5),
    spoken,
    logins,
    days,
    requests,
    now,
  } = firm;
  const last = days - 1;
  const eachDay = (statement: (day: number, at: number) => string): string[] =>
    Array.from({ length: days }, (_, day) => statement(day, momentOf(firm, day)));
  const home = `printf('source-%05d', ${login(firm)})`;
  return [
    `insert into product_status values ('Active', 'open'), ('Surrendered', 'closed')`,
    `${numbers(CARRIERS)} insert into carrier (id, name)
      select printf('carrier-%02d', i), printf('Carrier %d', i) from n`,
    `${numbers(ADVISORS)} insert into person (id, slack_user_id, name, role)
      select printf('advisor-%03d', i), printf('UADV%05d', i), printf('Advisor %d', i), 'advisor' from n`,
    // Two in three sign in by themselves; of the others some end each day.
    `${numbers(logins)} insert into login_source (id, carrier_id, name, holder_id, linked, linked_at,
        link_ends_at, unlinked_reason, automatic_sign_in, consent_by, consent_at)
      select printf('source-%05d', i), printf('carrier-%02d', i % ${CARRIERS}), printf('Login %d', i),
        printf('advisor-%03d', i % ${ADVISORS}), not (${isUnlinked('i')}), ${now} - 9 * ${DAY},
        ${now} + i % 30 * ${DAY}, case when ${isUnlinked('i')} then 'session-ended' end,
        i % 3 <> 0, case when i % 3 <> 0 then printf('advisor-%03d', i % ${ADVISORS}) end,
        case when i % 3 <> 0 then ${now} - 9 * ${DAY} end from n`,
    `${numbers(contacts)}, named (i, name) as (select i, ${spoken === true ? SPOKEN : NUMBERED} from n)
      insert into contact (id, external_id, kind, name, search)
      select printf('contact-%06d', i), i, 'individual', name, lower(name) from named`,
    `${numbers(contacts)} insert into book select printf('contact-%06d', i),
        printf('advisor-%03d', i % ${ADVISORS}) from n`,
    `${numbers(policies)} insert into policy (id, external_id, contact_id, carrier_id, number,
        number_key, product_name, product_type, plan_type, product_class, status, home_source_id,
        updated_at)
      select printf('policy-%06d', i), i, printf('contact-%06d', i / 5),
        printf('carrier-%02d', i % ${CARRIERS}), printf('%08d-%d', i * 37 % 100000000, i % 10),
        printf('%08d%d', i * 37 % 100000000, i % 10), 'Harbor Select', 'Annuity', 'Variable',
        'variable', case when i % 10 = 9 then 'Surrendered' else 'Active' end, ${home}, 0 from n`,
    ...eachDay((day) => (day === last ? '' : syncsOf(firm, day, login(firm)))),
    ...eachDay(
      (day, at) => `${numbers(logins)} insert into background_run
        select printf('run-%03d-%05d', ${day}, i), printf('source-%05d', i),
          date(${at} / 1000, 'unixepoch'), ${at} from n`,
    ),
    ...eachDay(
      (
        day,
        at,
      ) => `${numbers(requests)} insert into request (id, person_id, kind, policy_id, asked_in,
          channel, created_at, ended_at, version, shown_version)
        select printf('request-%03d-%06d', ${day}, i), printf('advisor-%03d', i % ${ADVISORS}),
          'policy', printf('policy-%06d', i * 10), 'C1', 'C1', ${at} + i * 10, ${at} + i * 10 + 5000, 3, 3
          from n`,
    ),
    ...eachDay(
      (day) => `${numbers(requests)} insert into request_sync
        select printf('request-%03d-%06d', ${day}, i), printf('sync-%03d-%06d', ${day}, i * 10), null
        from n`,
    ),
    ...eachDay((day, at) =>
      VALUES.filter((_, nth) => day === last || nth < MOVING)
        .map(
          (
            name,
            nth,
          ) => `${numbers(policies)} insert into policy_value (id, policy_id, sync_id, name,
              minor, currency, as_of, observed_at)
            select printf('value-%03d-%06d-%d', ${day}, i, ${nth}), printf('policy-%06d', i),
              printf('sync-%03d-%06d', ${day}, i), '${name}', i * 100 + ${day}, 'USD',
              case when i % 40 = 12 then '2026-10-01' else date(${at} / 1000, 'unixepoch') end, ${at} + i + 2000
              from n where i % 10 <> 9${day === last ? '' : ' and i % 20 = 1'}`,
        )
        .join(';'),
    ),
    `${numbers(policies)} insert into source_policy (source_id, policy_id, last_success_at)
      select ${home}, printf('policy-%06d', i), ${momentOf(firm, last)} + i from n where i % 10 <> 9`,
    // A person signed in to each login every third day.
    ...eachDay((day, at) =>
      day % 3 === 0
        ? `${numbers(logins)} insert into link (id, token_hash, person_id, source_id, created_at,
              expires_at, finished_at, ended_reason)
            select printf('link-%03d-%05d', ${day}, i), printf('hash-%03d-%05d', ${day}, i),
              printf('advisor-%03d', i % ${ADVISORS}), printf('source-%05d', i), ${at} + i, ${at} + 900000,
              ${at} + 60000, 'used' from n;
          ${numbers(logins)} insert into sign_in (id, source_id, link_id, person_id, state,
              store_password, created_at, finished_at)
            select printf('sign-in-%03d-%05d', ${day}, i), printf('source-%05d', i),
              printf('link-%03d-%05d', ${day}, i), printf('advisor-%03d', i % ${ADVISORS}), 'linked', 1,
              ${at} + i, ${at} + 60000 from n;
          ${numbers(logins)} insert into sign_in_try (id, source_id, sign_in_id, automatic,
              submitted_at, outcome)
            select printf('try-%03d-%05d', ${day}, i), printf('source-%05d', i),
              printf('sign-in-%03d-%05d', ${day}, i), 0, ${at} + i, 'signed-in' from n`
        : '',
    ),
    ...eachDay(
      (
        day,
        at,
      ) => `${numbers(100)} insert into audit (id, at, person_id, action, subject_type, subject_id)
        select printf('audit-%03d-%05d', ${day}, i), ${at} + i, printf('advisor-%03d', i),
          'policy.viewed', 'policy', printf('policy-%06d', i) from n`,
    ),
  ].filter((statement) => statement !== '');
};
