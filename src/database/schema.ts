import type { Generated } from 'kysely';

/** Row types of db/migrations; times are epoch ms, flags 0/1, dates ISO text. */
export interface Tables {
  serving: { id: string; team_id: string; local: number };
  /** Empty, but while a write is tried (database/answers.ts). */
  asked: { id: number; filler: string };
  person: {
    id: string;
    slack_user_id: string | null;
    email: string | null;
    name: string;
    role: string;
    /** No access since then, epoch ms; written by core/logins/store/access.ts and the import. */
    deactivated_at: number | null;
    ended_by: Generated<string | null>;
    slack_standing: Generated<string | null>;
    slack_checked_at: Generated<number>;
    /** JSON of Edits (database/edits.ts). */
    edits: Generated<string | null>;
  };
  carrier: {
    id: string;
    name: string;
    paused_until: number | null;
    paused_reason: string | null;
    probe_sync_id: string | null;
    probe_until: number | null;
    adapter_hash: string | null;
    mended_hash: string | null;
  };
  carrier_pause: {
    id: string;
    carrier_id: string;
    reason: string;
    began_at: number;
    paused_by: string | null;
    failures: Generated<number>;
    policies: Generated<number>;
    note: string | null;
    picture: string | null;
    trace: string | null;
    probes: Generated<number>;
    ended_at: number | null;
    ended_how: string | null;
    ended_by: string | null;
    version: Generated<number>;
    told_version: Generated<number>;
  };
  pause_wait: { request_id: string; pause_id: string };
  held_value: {
    id: string;
    policy_id: string;
    sync_id: string;
    version: Generated<number>;
    reading: string;
    held_at: number;
    settled: string | null;
    settled_by: string | null;
    settled_at: number | null;
  };
  held_sync: { sync_id: string; held_id: string };
  contact: {
    id: string;
    external_id: string;
    kind: string;
    name: string;
    email: string | null;
    birth_year: number | null;
    city: string | null;
    search: string;
  };
  book: { contact_id: string; person_id: string };
  product_status: { name: string; indicator: string };
  policy: {
    id: string;
    external_id: string;
    contact_id: string;
    carrier_id: string;
    number: string;
    number_key: string;
    product_name: string;
    product_type: string;
    plan_type: string;
    product_class: string;
    status: string;
    home_source_id: string | null;
    updated_at: number;
    /** JSON of Edits (database/edits.ts). */
    edits: Generated<string | null>;
  };
  login_source: {
    id: string;
    external_id: string | null;
    carrier_id: string;
    name: string;
    holder_id: string;
    removed_at: number | null;
    /** JSON of Edits (database/edits.ts). */
    edits: Generated<string | null>;
  };
  /** Written by core/logins/store/link.ts alone; a trigger makes the row with the login. */
  login_link: {
    source_id: string;
    linked: Generated<number>;
    linked_at: number | null;
    ends_at: number | null;
    unlinked_reason: string | null;
    unlinked_at: number | null;
    unlinked_told: Generated<number>;
    password_ends: string | null;
    code_step: number | null;
    used_at: number | null;
    ended_early_at: number | null;
    day_wanted_at: number | null;
  };
  /** Written by core/logins/store/lease.ts alone; a trigger makes the row with the login. */
  login_lease: {
    source_id: string;
    fence: Generated<number>;
    holder: string | null;
    token: string | null;
    job_id: string | null;
    expires_at: Generated<number>;
    not_before: Generated<number>;
  };
  /** Written by core/logins/store/consent.ts alone; no row, no consent. */
  login_consent: {
    source_id: string;
    person_id: string;
    at: number;
    automatic: Generated<number>;
    trusted_until: number | null;
    seed_refused: Generated<number>;
  };
  /** Written by core/logins/store/hold.ts alone; no row, no hold. */
  login_hold: { source_id: string; until: number; person_id: string | null };
  ended_link: { source_id: string };
  source_share: { source_id: string; person_id: string };
  source_policy: {
    source_id: string;
    policy_id: string;
    last_success_at: number | null;
    last_absent_at: number | null;
  };
  sealed_secret: {
    owner_id: string;
    kind: string;
    source_id: string;
    key_id: string;
    sealed: string;
    created_at: number;
    expires_at: number | null;
  };
  request: {
    id: string;
    person_id: string;
    kind: string;
    policy_id: string | null;
    contact_id: string | null;
    dedupe_key: string | null;
    asked_in: string;
    channel: string;
    channel_note: string | null;
    /** Of the thread that the card is a reply in. */
    thread_ts: Generated<string | null>;
    created_at: number;
    linked_at: number | null;
    linked_source: string | null;
    ended_at: number | null;
    version: Generated<number>;
    shown_version: Generated<number>;
  };
  sync: {
    id: string;
    policy_id: string;
    source_id: string;
    run_id: string | null;
    priority: number;
    status: string;
    reason: string;
    detail: string | null;
    tries: Generated<number>;
    not_before: Generated<number>;
    fence: number | null;
    created_at: number;
    started_at: number | null;
    finished_at: number | null;
  };
  request_sync: {
    request_id: string;
    sync_id: string;
    cancelled_at: number | null;
    cancelled_by: string | null;
  };
  background_run: { id: string; source_id: string; day: string; created_at: number };
  policy_value: {
    id: string;
    policy_id: string;
    sync_id: string;
    name: string;
    minor: number;
    currency: string;
    as_of: string;
    observed_at: number;
  };
  sign_in: {
    id: string;
    source_id: string;
    link_id: string;
    person_id: string;
    state: string;
    reason: string | null;
    step: string | null;
    code_hint: string | null;
    channels: string | null;
    channel: string | null;
    store_password: number;
    fence: number | null;
    waiting_syncs: Generated<number>;
    codes_asked: Generated<number>;
    created_at: number;
    code_wanted_at: number | null;
    finished_at: number | null;
  };
  sign_in_try: {
    id: string;
    source_id: string;
    sign_in_id: string | null;
    automatic: number;
    submitted_at: number;
    outcome: string | null;
    /** In which order those of a login were submitted, by a trigger. */
    seq: Generated<number>;
  };
  link: {
    id: string;
    token_hash: string;
    person_id: string;
    source_id: string;
    request_id: string | null;
    browser_hash: string | null;
    pairing_number: string | null;
    confirmed_at: number | null;
    created_at: number;
    expires_at: number;
    finished_at: number | null;
    ended_reason: string | null;
  };
  remembered_browser: { browser_hash: string; person_id: string; expires_at: number };
  support_case: {
    id: string;
    number: number;
    request_id: string;
    sync_id: string;
    policy_id: string;
    asked_by: string;
    note: string | null;
    channel: string;
    opened_at: number;
    closed_at: number | null;
    closed_by: string | null;
    version: Generated<number>;
    shown_version: Generated<number>;
  };
  code_prompt: { sign_in_id: string; shown: string; done: number };
  support_reply: { id: string; case_id: string; person_id: string; text: string; at: number };
  deletion: {
    id: number;
    made: number;
    wiped: number;
    letters_made: Generated<number>;
    letters_wiped: Generated<number>;
  };
  subject_message: {
    subject_id: string;
    key: string;
    channel: string;
    ts: string | null;
    content_hash: string | null;
    final: Generated<number>;
    sending_at: number | null;
    posted_at: number | null;
  };
  notification: {
    id: string;
    kind: string;
    name: string;
    channel: string;
    about: string;
    created_at: number;
    version: Generated<number>;
    shown_version: Generated<number>;
  };
  notification_source: { notification_id: string; source_id: string; why: string; until: string };
  task_run: { task: string; day: string; claimed_at: number; done_at: number | null };
  work_day: { day: string; starts_at: number; open_books: number };
  book_reading: {
    source_id: string;
    read_at: number;
    ended: string;
    entries: number | null;
    /** JSON of a ListingTrouble. */
    trouble: string | null;
    untold: Generated<number>;
  };
  /** What the firm says that a carrier's word means. */
  status_word: {
    carrier_id: string;
    key: string;
    word: string;
    standing: string;
    taught_by: string | null;
    taught_at: number;
  };
  status_wait: { policy_id: string; carrier_id: string; key: string; sync_id: string };
  webhook_target: { id: number };
  webhook_event: {
    id: string;
    type: string;
    subject_id: string;
    policy_id: string;
    created_at: number;
    body: string | null;
    tries: Generated<number>;
    not_before: Generated<number>;
    delivered_at: number | null;
    dead_at: number | null;
  };
  workflow_step: {
    execution_id: string;
    request_id: string;
    created_at: number;
    completed_at: number | null;
    policy_id: string | null;
  };
  meeting: {
    id: string;
    person_id: string;
    contact_id: string;
    at: number;
    zone: string;
    created_at: number;
    warn_at: number;
    refresh_at: number;
    cutoff_at: number;
    next_at: number;
    warned_at: number | null;
    refreshed_at: number | null;
    retried_at: number | null;
    card_at: number | null;
    ended_at: number | null;
    ended_why: string | null;
  };
  calendar: {
    person_id: string;
    zone: string;
    added_at: number;
    next_at: number;
    read_at: number | null;
    failures: Generated<number>;
    problem: string | null;
    told_at: number | null;
  };
  calendar_event: {
    person_id: string;
    key: string;
    series: string;
    at: number;
    title: string;
    contacts: string;
    state: string;
    meeting_id: string | null;
  };
  calendar_choice: { person_id: string; series: string; contact_id: string | null; at: number };
  meeting_request: { meeting_id: string; request_id: string };
  digest_count: { day: string; carrier_id: string; at: number; counts: string };
  /** A worker, and when it last told of itself. */
  worker: { name: string; began_at: number; seen_at: number };
  /** A carrier that a worker is bound to: no other kind of worker serves it. */
  worker_carrier: { worker: string; carrier_id: string };
  yield_token: { source_id: string; yielded_source_id: string; created_at: number };
  handled: {
    key: string;
    at: number;
    claimed_by: string | null;
    /** The Slack account that an answer is owed to, and the channel they asked in. */
    owed_to: string | null;
    owed_in: string | null;
  };
  /** A person's conversation with the bot, by their Slack account. */
  direct_channel: { slack_user_id: string; channel: string };
  /** What a Home is to show that Slack has not taken yet; `state` as the view carries it. */
  home_wish: { slack_user_id: string; state: string; at: number };
  /** An address of a masked picture, and the person and what they may do that it was given for. */
  picture_link: {
    token_hash: string;
    file: string;
    person_id: string;
    action: string;
    expires_at: number;
  };
  /** Written by triggers alone (db/migrations/0002-report.ts). */
  policy_report: {
    row: number;
    policy_id: string;
    contact_id: string;
    carrier_id: string;
    product_class: string;
    syncable: number;
    number_key: string;
    text: string;
    last_status: string;
    last_reason: string | null;
    last_attempt_at: number;
    last_success_at: number;
    blocked_source_id: string | null;
    as_of: string;
  };
  report_tally: { kind: string; carrier_id: string; key: string; n: number };
  named_policy: { person_id: string; policy_id: string; until: number };
  /** The last row that was let go: where the chain of the audit begins. */
  audit_start: { id: number; seq: number; hash: string };
  audit: {
    seq: number;
    id: string;
    at: number;
    person_id: string | null;
    action: string;
    subject_type: string;
    subject_id: string;
    detail: string | null;
    salt: string;
    /** Of this row and all before it (db/audit-chain.ts). */
    hash: string;
  };
}
