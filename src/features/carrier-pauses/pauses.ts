import { may, type Actor } from '#shared/access.ts';
import type { PauseEnd } from '#core/sessions/pause-rules.ts';
import type { PauseReason } from '#shared/outcome.ts';
import type { LetterStore } from '#features/notifications/notification.ts';
import type { SweepStore } from '#core/sessions/sweep.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import { letterSubject } from '#shared/subject.ts';
import type { PictureLinks } from '#web/picture-links.ts';

/** One pause of a carrier, as operators are told of it. */
export interface CarrierPauseFacts {
  id: string;
  carrier: { id: string; name: string };
  reason: PauseReason;
  /** Epoch ms */
  beganAt: number;
  by?: string;
  /** Failed syncs and sign-ins, and how many policies and logins they were of. */
  failures: number;
  policies: number;
  /** What the adapter missed; nothing personal. */
  note?: string;
  picture?: string;
  trace?: string;
  probes: number;
  /** When one sync tries again; undefined: not by itself. */
  nextProbeAt?: number;
  /** Syncs that wait for its end. */
  waiting: number;
  ended?: { at: number; how: PauseEnd; by?: string; runsNow: number };
  version: number;
}

export interface PauseStore {
  pause: (id: string) => Promise<CarrierPauseFacts | undefined>;
  /** False when it is not open any more. */
  resumeCarrier: (pauseId: string, personId: string) => Promise<readonly string[] | undefined>;
  /** Undefined when it is paused already. */
  pauseCarrier: (carrierId: string, personId: string) => Promise<readonly string[] | undefined>;
  /** The next probe is due at once. False when the pause is over. */
  probeNow: (pauseId: string, personId: string) => Promise<boolean>;
  /** Pauses whose notice does not say how they stand. */
  pausesBehind: () => Promise<readonly string[]>;
  markPauseTold: (id: string, version: number) => Promise<void>;
  /** Another adapter than before: what paused the carrier may be mended, so it is tried at once. */
  adapterLoaded: (carrierId: string, hash: string) => Promise<void>;
  carrierIds: () => Promise<readonly string[]>;
}

export interface OperatorDeps {
  store: PauseStore & Pick<SweepStore, 'sourcesWithForced'>;
  show: Show;
  wake: Wake;
}

export type Operated = 'done' | 'too-late' | 'refused';

const mayPause = (actor: Actor): boolean => may(actor, 'carrier.pause');

const wakeAll = async ({ store, wake }: OperatorDeps): Promise<void> => {
  for (const sourceId of await store.sourcesWithForced())
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
  const requests = await deps.store.resumeCarrier(pauseId, actor.id);
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
  const requests = await deps.store.pauseCarrier(carrierId, actor.id);
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
  if (!(await deps.store.probeNow(pauseId, actor.id))) return 'too-late';
  await wakeAll(deps);
  return 'done';
};

/** The masked picture or trace of what was not understood, as an address, for operators. */
export const evidenceOf = async (
  { store, pictures }: { store: PauseStore; pictures: PictureLinks },
  actor: Actor,
  pauseId: string,
  what: 'picture' | 'trace',
): Promise<string | undefined> => {
  if (!mayPause(actor)) return undefined;
  const file = (await store.pause(pauseId))?.[what];
  return file === undefined ? undefined : pictures.issue(file);
};

export interface NoticeDeps {
  store: PauseStore &
    LetterStore & {
      /** Support first, else managers and owners. */
      supporters: () => Promise<{ name: string; slackId: string | null }[]>;
    };
  show: Show;
  /** Where operators read; without one, somebody of support. */
  channel: string | undefined;
  log: (problem: string) => void;
}

/** One notice for each pause, made when it begins and rewritten when it stands otherwise. */
export const tellOperators = async (deps: NoticeDeps): Promise<void> => {
  const { store, show, log } = deps;
  for (const id of await store.pausesBehind()) {
    const facts = await store.pause(id);
    if (facts === undefined) continue;
    const { version, ...about } = facts;
    const letter = await store.letterNamed('breakage', id);
    const channel =
      letter?.channel ??
      deps.channel ??
      (await store.supporters()).find(({ slackId }) => slackId !== null)?.slackId;
    if (channel == null) {
      log(`${facts.carrier.name} is paused, and there is no channel or person to tell`);
      return;
    }
    if (letter !== undefined) await store.rewriteLetter(letter.id, about);
    const letterId =
      letter?.id ?? (await store.addLetter({ kind: 'breakage', name: id, channel, about }));
    await store.markPauseTold(id, version);
    if (letterId !== undefined) await show(letterSubject(letterId));
  }
};

/** At the start of a worker: a carrier whose adapter is another one than before is tried at once. */
export const probeAfterDeploy = async (
  store: PauseStore,
  hashOf: (carrierId: string) => string | undefined,
): Promise<void> => {
  for (const carrierId of await store.carrierIds()) {
    const hash = hashOf(carrierId);
    if (hash !== undefined) await store.adapterLoaded(carrierId, hash);
  }
};
