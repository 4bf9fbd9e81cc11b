import type { Clock } from '#shared/clock.ts';
import { bookStore } from '#core/sessions/store/books.ts';
import { breakageStore } from '#core/sessions/store/pauses.ts';
import { caseStore } from '#features/support-cases/store/cases.ts';
import { claimStore } from '#core/sessions/store/claims.ts';
import { clickStore } from '#core/requests/store/clicks.ts';
import { codePromptStore } from '#core/sign-in/store/code-prompts.ts';
import { correctionStore } from '#features/corrections/store.ts';
import type { Database } from '#database/connection.ts';
import { contactFinder } from '#core/policies/store/contacts.ts';
import { dayStore } from '#features/daily-sync/store.ts';
import { digestStore } from '#features/digest/store/digest.ts';
import { finishStore } from '#core/sessions/store/finishes.ts';
import { heldStore } from '#features/unconfirmed-values/store.ts';
import { holdStore } from '#features/holds/store.ts';
import { idleSessionStore } from '#core/sessions/store/idle-sessions.ts';
import { leaseStore } from '#core/sessions/store/leases.ts';
import { letterStore } from '#features/notifications/store.ts';
import { linkWarningStore } from '#features/link-reminders/store.ts';
import { loginSourceStore } from '#core/logins/store/login-sources.ts';
import { meetingStore } from '#features/meetings/store.ts';
import { messageStore } from '#slack/store.ts';
import { pauseStore } from '#features/carrier-pauses/store/notices.ts';
import { peopleStore } from '#features/team/store/people.ts';
import { policyFinder } from '#core/policies/store/policies.ts';
import { historyStore } from '#core/policies/store/history.ts';
import { homeStore } from '#features/home/store.ts';
import { reportStore } from '#core/policies/store/report.ts';
import { requestStore } from '#core/requests/store/requests.ts';
import { sourceChangeStore } from '#core/logins/store/source-changes.ts';
import { sourceFinder } from '#core/logins/store/choices.ts';
import { statusStore } from '#features/my-status/store.ts';
import { sweepStore } from '#core/sessions/store/sweeps.ts';
import { taskStore } from './store.ts';
import { teamStore } from '#features/team/store/team.ts';
import { viewStore } from '#core/requests/store/views.ts';
import { webhookStore } from '#features/webhooks/store.ts';
import { workflowStepStore } from '#features/workflow-step/store.ts';

/** Everything the verbs ask of the database, each part declared by the verb that needs it. */
export const createStore = (db: Database, clock: Clock) => ({
  ...peopleStore(db, clock),
  ...policyFinder(db),
  ...contactFinder(db),
  ...sourceFinder(db),
  ...loginSourceStore(db, clock),
  ...holdStore(db, clock),
  ...statusStore(db, clock),
  ...teamStore(db, clock),
  ...requestStore(db, clock),
  ...reportStore(db, clock),
  ...historyStore(db, clock),
  ...homeStore(db, clock),
  ...leaseStore(db, clock),
  ...claimStore(db, clock),
  ...finishStore(db, clock),
  ...heldStore(db, clock),
  ...breakageStore(db, clock),
  ...pauseStore(db, clock),
  ...dayStore(db, clock),
  ...idleSessionStore(db, clock),
  ...linkWarningStore(db, clock),
  ...bookStore(db, clock),
  ...sourceChangeStore(db, clock),
  ...sweepStore(db, clock),
  ...viewStore(db, clock),
  ...meetingStore(db, clock),
  ...messageStore(db, clock),
  ...clickStore(db),
  ...correctionStore(db, clock),
  ...caseStore(db, clock),
  ...codePromptStore(db),
  ...digestStore(db),
  ...letterStore(db, clock),
  ...taskStore(db, clock),
  ...workflowStepStore(db, clock),
  ...webhookStore(db, clock),
});
