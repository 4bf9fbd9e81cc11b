import { audit } from '#database/audit.ts';
import { sourcesWithForced } from '#core/sessions/store/sweeps.ts';
import {
  resumeCarrier,
  pauseCarrier,
  probeNow,
  factsOf,
  pausesBehind,
  writeNotice,
  carrierIds,
  adapterLoaded,
} from './store/notices.ts';
import { firstInSlack } from '#features/notifications/store.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor } from '#shared/access.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import { notificationSubject } from '#shared/subject.ts';
import type { SlackDeps } from '#slack/deps.ts';

export interface OperatorDeps {
  store: Store;
  show: Show;
  wake: Wake;
}

export type Operated = 'done' | 'too-late' | 'refused';

const mayPause = (actor: Actor): boolean => may(actor, 'carrier.pause');

const wakeAll = async ({ store, wake }: OperatorDeps): Promise<void> => {
  for (const sourceId of await sourcesWithForced(store))
    if (!(await wake(sourceId, 'force'))) return;
};

const showAll = async ({ show }: OperatorDeps, requests: readonly string[]): Promise<void> => {
  for (const request of requests) await show(request);
};

/** A person says that the carrier goes on, whatever a probe found. */
export const resumeByHand = async (
  deps: OperatorDeps,
  actor: Actor,
  pauseId: string,
): Promise<Operated> => {
  if (!mayPause(actor)) return 'refused';
  const requests = await resumeCarrier(deps.store, pauseId, actor.id);
  if (requests === undefined) return 'too-late';
  await showAll(deps, requests);
  await wakeAll(deps);
  return 'done';
};

/** A person says that nothing is asked of the carrier until a person says otherwise. */
export const pauseByHand = async (
  deps: OperatorDeps,
  actor: Actor,
  carrierId: string,
): Promise<Operated> => {
  if (!mayPause(actor)) return 'refused';
  const requests = await pauseCarrier(deps.store, carrierId, actor.id);
  if (requests === undefined) return 'too-late';
  await showAll(deps, requests);
  return 'done';
};

export const probeByHand = async (
  deps: OperatorDeps,
  actor: Actor,
  pauseId: string,
): Promise<Operated> => {
  if (!mayPause(actor)) return 'refused';
  if (!(await probeNow(deps.store, pauseId, actor.id))) return 'too-late';
  await wakeAll(deps);
  return 'done';
};

/** The masked picture or trace of what was not understood, as an address, for operators. */
export const evidenceOf = async (
  { store, pictures }: { store: Store; pictures: SlackDeps['pictures'] },
  actor: Actor,
  pauseId: string,
  what: 'picture' | 'trace',
): Promise<string | undefined> => {
  if (!mayPause(actor)) return undefined;
  const facts = await factsOf(store, pauseId);
  const file = facts?.[what];
  if (facts === undefined || file === undefined) return undefined;
  await audit(store.db, store.clock(), {
    personId: actor.id,
    action: 'evidence.viewed',
    carrierId: facts.carrier.id,
    detail: { what },
  });
  return pictures.issue(file, { personId: actor.id, action: 'carrier.pause' });
};

export interface NoticeDeps {
  store: Store;
  show: Show;
  /** Where operators read; without one, somebody of support. */
  channel: string | undefined;
  log: (problem: string) => void;
}

/** One notice for each pause, made when it begins and rewritten when it stands otherwise. */
export const tellOperators = async (deps: NoticeDeps): Promise<void> => {
  const { store, show, log } = deps;
  for (const id of await pausesBehind(store)) {
    const facts = await factsOf(store, id);
    if (facts === undefined) continue;
    const channel = deps.channel ?? (await firstInSlack(store.db))?.slackId;
    if (channel === undefined) {
      log(`${facts.carrier.name} is paused, and there is no channel or person to tell`);
      return;
    }
    const notificationId = await writeNotice(store, facts, channel);
    if (notificationId !== undefined) await show(notificationSubject(notificationId));
  }
};

/** At the start of a worker: a carrier whose adapter is another one than before is tried at once. */
export const probeAfterDeploy = async (
  store: Store,
  hashOf: (carrierId: string) => string | undefined,
): Promise<void> => {
  for (const carrierId of await carrierIds(store)) {
    const hash = hashOf(carrierId);
    if (hash !== undefined) await adapterLoaded(store, carrierId, hash);
  }
};
