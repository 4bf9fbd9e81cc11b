import { indexedBy } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { CodePrompt } from '../code-prompt.ts';
import { askedOf, toChannels, type SignInState } from './sign-ins.ts';
import type { SignInFailure } from '#core/logins/standing.ts';

const STEP = sql<string>`i.state || ':' || i.code_wanted_at`;
const MOST = 200;

export const codePrompt = async (
  { db }: Store,
  signInId: string,
): Promise<CodePrompt | undefined> => {
  const row = await db
    .selectFrom('sign_in as i')
    .innerJoin('login_source as l', 'l.id', 'i.source_id')
    .innerJoin('carrier as c', 'c.id', 'l.carrier_id')
    .innerJoin('person as h', 'h.id', 'l.holder_id')
    .innerJoin('person as p', 'p.id', 'i.person_id')
    .selectAll('i')
    .select(['l.name as source', 'l.carrier_id', 'c.name as carrier', 'p.name as person'])
    .select(['h.slack_user_id as holder_slack', 'h.deactivated_at as holder_left'])
    .select(['p.slack_user_id as person_slack', 'l.holder_id'])
    .select(STEP.as('at_step'))
    .where('i.id', '=', signInId)
    .executeTakeFirst();
  if (row?.code_wanted_at == null) return undefined;
  const holder = row.holder_left === null ? row.holder_slack : null;
  const slackId = holder ?? row.person_slack;
  if (slackId === null) return undefined;
  return {
    signInId,
    slackId,
    sourceName: row.source,
    carrierId: row.carrier_id,
    carrierName: row.carrier,
    signingIn: row.holder_id === row.person_id || holder === null ? null : row.person,
    state: row.state as SignInState,
    reason: row.reason as SignInFailure | null,
    hint: row.code_hint,
    channels: toChannels(row.channels),
    ...askedOf(row.codes_asked),
    wantedAt: row.code_wanted_at,
    step: row.at_step,
    ended: row.finished_at !== null,
  };
};

/** Sign-ins whose newest step Slack does not show; of one login, or all. */
export const codesBehind = async ({ db }: Store, sourceId?: string): Promise<readonly string[]> => {
  const ofSource = sourceId === undefined ? sql`` : sql`and i.source_id = ${sourceId}`;
  const { rows } = await sql<{ id: string }>`
      select i.id from sign_in i ${indexedBy('sign_in_open')} left join code_prompt p on p.sign_in_id = i.id
        where i.finished_at is null and i.code_wanted_at is not null
          and (p.sign_in_id is null or p.shown <> ${STEP}) ${ofSource}
      union all
      select i.id from code_prompt p join sign_in i on i.id = p.sign_in_id
        where p.done = 0 and i.finished_at is not null ${ofSource}
      limit ${MOST}`.execute(db);
  return rows.map(({ id }) => id);
};

/** Written before the first post, so that what was asked is also ended. */
export const beginPrompt = async ({ db }: Store, signInId: string): Promise<void> => {
  await db
    .insertInto('code_prompt')
    .values({ sign_in_id: signInId, shown: '', done: 0 })
    .onConflict((on) => on.column('sign_in_id').doNothing())
    .execute();
};

export const markPromptShown = async (
  { db }: Store,
  signInId: string,
  step: string,
  ended: boolean,
) => {
  await db
    .updateTable('code_prompt')
    .set({ shown: step, done: ended ? 1 : 0 })
    .where('sign_in_id', '=', signInId)
    .execute();
};
