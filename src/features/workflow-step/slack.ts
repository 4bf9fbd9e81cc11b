import * as requestAnswers from '#core/requests/answers.ts';
import { addStep, openSteps, finishStep, type Asked } from './store.ts';
import { askerView } from '#core/requests/asker-view.ts';
import type { Store } from '#database/store.ts';
import type { WebClient } from '@slack/web-api';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { requestSync } from '#core/requests/request.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import type { Answer } from '#slack/answers.ts';
import type { Budget } from '#slack/budget.ts';
import { few, name } from '#slack/blocks.ts';
import * as answers from '#slack/answers.ts';
import type { SlackDeps, SlackApp, SlackClient } from '#slack/deps.ts';
import { isPassing, slackErrorOf } from '#slack/errors.ts';
import { isRevoked } from '#slack/token-watch.ts';
import { stepOutputs } from './outputs.ts';
import type { Privacy } from '#core/requests/messages/words.ts';
import { whoIs } from '#slack/who.ts';

/** As manifest.yml names it. */
const STEP = 'sync-policy-step';

type Found = Awaited<ReturnType<typeof lookUpPolicy>>;

interface Inputs {
  policy_number?: unknown;
  carrier?: unknown;
  login_source?: unknown;
  /** Slack fills it in for who runs the workflow: `{id, secret}`; its author cannot name anybody. */
  person?: unknown;
}

/** Why the step cannot begin; the workflow's owner reads it in the run's log. */
class StepRefused extends Error {
  override name = 'StepRefused';
}

const refuse = (answer: Answer | string): never => {
  const text = typeof answer === 'string' ? answer : answer.text;
  throw new StepRefused(text.replaceAll(/:[a-z_]+: |[*`]/g, ''));
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** The id of who runs the workflow; a bare id is what an author typed, and counts for nothing. */
const personOf = (given: unknown): string =>
  typeof given === 'object' && given !== null && 'secret' in given && 'id' in given
    ? textOf(given.id)
    : '';

/** Of what was found, what is at that carrier; without a name, all of it. */
const ofCarrier = (found: Found, carrier: string): Found => {
  if (carrier === '' || (found.kind !== 'one' && found.kind !== 'several')) return found;
  const all = found.kind === 'one' ? [found.policy] : found.policies;
  const there = all.filter(
    ({ carrierName }) => carrierName.toLowerCase() === carrier.toLowerCase(),
  );
  const [only] = there;
  if (only === undefined) return { kind: 'none', close: [] };
  return there.length === 1
    ? { kind: 'one', policy: only }
    : { kind: 'several', policies: there, more: false };
};

/** What tells them apart: the carrier where the number is the same, else the number. */
const whichOf = (number: string, policies: readonly PolicyBrief[]): string => {
  const carriers = [...new Set(policies.map(({ carrierName }) => carrierName))];
  const isOneNumber = new Set(policies.map((each) => normalizeNumber(each.number))).size === 1;
  return isOneNumber && carriers.length > 1
    ? `Several carriers have "${name(number)}": ${few(carriers.map(name), 'and', 8)}. Set "Carrier" to one of them.`
    : `"${name(number)}" names several policies. Give the whole number.`;
};

/** Finds the policy and the login as the command does, and asks. */
const ask = async (
  deps: SlackDeps,
  client: SlackClient,
  inputs: Inputs,
  executionId: string,
  /** Where the workflow runs: a person of another workspace may have the id of one of ours. */
  userTeam: string | undefined,
): Promise<Asked> => {
  const userId = personOf(inputs.person);
  if (userId === '')
    refuse('Nobody is named who runs this. Set "Who asks" to the person who started the workflow.');
  const who = await whoIs(deps, client, { userId, userTeam });
  if (who.kind === 'refused') return refuse(who.why);
  const { person } = who;
  const number = textOf(inputs.policy_number);
  const found = ofCarrier(await lookUpPolicy(deps, person, number), textOf(inputs.carrier));
  if (found.kind !== 'one')
    return refuse(
      found.kind === 'several'
        ? whichOf(number, found.policies)
        : found.kind === 'none'
          ? `There is no policy "${name(number)}" in the book of who runs this. Check the number in the CRM, and the carrier if you named one.`
          : answers.notYours(),
    );
  const choices = await sourceChoices(deps, person, found.policy.id);
  if (choices.kind !== 'sources')
    return refuse(
      choices.kind === 'not-syncable'
        ? requestAnswers.notSyncable(choices.policy)
        : choices.kind === 'no-source'
          ? requestAnswers.noSource(choices.policy, choices.holders)
          : answers.notYours(),
    );
  const wanted = textOf(inputs.login_source);
  const source =
    wanted === ''
      ? (choices.sources.find(({ linked }) => linked) ?? choices.sources[0])
      : choices.sources.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (source === undefined)
    return refuse(
      `There is no login source "${name(wanted)}" for this policy, only ${few(
        choices.sources.map((each) => name(each.name)),
        'and',
      )}.`,
    );
  const outcome = await requestSync(deps, person, {
    policyId: found.policy.id,
    sourceId: source.id,
    origin: {
      askedIn: userId,
      channel: userId,
      note: 'Here, because a workflow asked for it in your name.',
    },
    dedupeKey: `step:${executionId}`,
  });
  if (outcome.kind === 'requested')
    return { requestId: outcome.requestId, policyId: found.policy.id };
  return refuse(
    outcome.kind === 'limit-reached'
      ? requestAnswers.limitReached(outcome, deps.settings.command)
      : answers.notYours(),
  );
};

/** Slack says so of a step that is over, whoever ended it. */
const OVER = new Set([
  'function_execution_not_found',
  'execution_not_in_running_state',
  'access_denied',
]);

const unlessOver = (error: unknown): void => {
  if (!OVER.has(slackErrorOf(error).code ?? '')) throw error;
};

/** "Force sync a policy" in Workflow Builder: rows first, then the acknowledgement; Slack repeats an event without one. */
export const listenToStep = (app: SlackApp, deps: SlackDeps): void => {
  app.function(STEP, { autoAcknowledge: false }, async ({ ack, payload, body, client, fail }) => {
    const executionId = payload.function_execution_id;
    try {
      const asked = await ask(deps, client, payload.inputs, executionId, body.team_id);
      await addStep(deps.store, executionId, asked);
      await ack();
      // The request may have ended before the step was there to be completed.
      await deps.show(asked.requestId);
    } catch (error) {
      if (!(error instanceof StepRefused)) throw error;
      // Told first: an event that is not acknowledged comes again, and the workflow does not hang.
      await fail({ error: error.message }).catch(unlessOver);
      await ack();
    }
  });
};

export interface StepDeps {
  store: Store;
  client: WebClient;
  budget: Pick<Budget, 'refuse' | 'refusedFor'>;
  settings: { openBooks: boolean };
  log: (problem: string, error?: unknown) => void;
}

/**
 * Lets the workflows go on that waited for a policy of this request, once that has ended, whatever else
 * the card holds; what Slack refuses is tried again seldom.
 */
export const completeSteps = async (
  { store, client, budget, settings, log }: StepDeps,
  requestId: string,
  privacy: Privacy,
): Promise<void> => {
  const open = await openSteps(store, requestId);
  if (open.length === 0) return;
  const view = await askerView({ store, openBooks: settings.openBooks }, requestId);
  for (const { executionId, policyId } of open) {
    const item = view?.items.find(({ policy }) => policyId === null || policy.id === policyId);
    const outputs = item && stepOutputs(item, privacy);
    if (outputs === undefined) continue;
    const attempt = `step ${executionId}`;
    if (budget.refusedFor(attempt) > 0) continue;
    try {
      await client.functions.completeSuccess({ function_execution_id: executionId, outputs });
    } catch (error) {
      const problem = slackErrorOf(error);
      const { code = '' } = problem;
      if (!OVER.has(code)) {
        if (!isPassing(problem)) budget.refuse(attempt);
        // Told once, by who watches the token.
        if (!isRevoked(code)) log('a workflow that waits could not be told yet', error);
        continue;
      }
      log('a workflow step ended before its sync did', error);
    }
    await finishStep(store, executionId);
  }
};
