import type { Generated } from 'kysely';

/** Row types of db/migrations; times are epoch ms, flags 0/1, dates ISO text. */
export interface Tables {
  serving: { id: string; team_id: string; local: number };
  person: {
    id: string;
    slack_user_id: string | null;
    email: string | null;
    name: string;
    role: string;
    deactivated_at: number | null;
  };
  carrier: { id: string; name: string; paused_until: number | null; paused_reason: string | null };
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
  };
  login_source: {
    id: string;
    external_id: string | null;
    carrier_id: string;
    name: string;
    holder_id: string;
    linked: number;
    linked_at: number | null;
    link_ends_at: number | null;
    unlinked_reason: string | null;
    automatic_sign_in: Generated<number>;
    consent_by: string | null;
    consent_at: number | null;
    held_until: number | null;
    held_by: string | null;
    not_before: Generated<number>;
    lease_fence: Generated<number>;
    lease_holder: string | null;
    lease_token: string | null;
    lease_job_id: string | null;
    lease_expires_at: Generated<number>;
    removed_at: number | null;
  };
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
  request_sync: { request_id: string; sync_id: string; cancelled_at: number | null };
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
  message: {
    request_id: string;
    key: string;
    channel: string;
    ts: string | null;
    content_hash: string | null;
    sending_at: number | null;
    posted_at: number | null;
  };
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
  support_reply: { id: string; case_id: string; person_id: string; text: string; at: number };
  subject_message: {
    subject_id: string;
    key: string;
    channel: string;
    ts: string | null;
    content_hash: string | null;
    sending_at: number | null;
    posted_at: number | null;
  };
  yield_token: { source_id: string; yielded_source_id: string; created_at: number };
  handled: { key: string; at: number };
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
  audit: {
    id: string;
    at: number;
    person_id: string | null;
    action: string;
    subject_type: string;
    subject_id: string;
    detail: string | null;
  };
}
