import type { Clock } from '#sync/clock.ts';
import { bookStore } from './books.ts';
import { breakageStore } from './breakage.ts';
import { caseStore } from './cases.ts';
import { claimStore } from './claims.ts';
import { clickStore } from './clicks.ts';
import { codePromptStore } from './code-prompts.ts';
import { correctionStore } from './corrections.ts';
import type { Database } from './database.ts';
import { contactFinder } from './contacts.ts';
import { dayStore } from './days.ts';
import { digestStore } from './digest.ts';
import { finishStore } from './finishes.ts';
import { heldStore } from './held.ts';
import { holdStore } from './holds.ts';
import { idleSessionStore } from './idle-sessions.ts';
import { leaseStore } from './leases.ts';
import { letterStore } from './letters.ts';
import { linkWarningStore } from './link-warnings.ts';
import { loginSourceStore } from './login-sources.ts';
import { meetingStore } from './meetings.ts';
import { messageStore } from './messages.ts';
import { pauseStore } from './pauses.ts';
import { peopleStore } from './people.ts';
import { policyFinder } from './policies.ts';
import { historyStore } from './report-history.ts';
import { homeStore } from './report-sources.ts';
import { reportStore } from './report.ts';
import { requestStore } from './requests.ts';
import { sourceChangeStore } from './source-changes.ts';
import { sourceFinder } from './sources.ts';
import { statusStore } from './status.ts';
import { sweepStore } from './sweeps.ts';
import { taskStore } from './tasks.ts';
import { teamStore } from './team.ts';
import { viewStore } from './views.ts';
import { webhookStore } from './webhooks.ts';
import { workflowStepStore } from './workflow-steps.ts';

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
