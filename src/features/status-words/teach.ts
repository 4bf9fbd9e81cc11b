import { policyById } from '#core/policies/store/policies.ts';
import { decideTaught, teachWord, waitingForWord } from '#core/policies/store/status-words.ts';
import type { Store } from '#database/store.ts';
import type { Show } from '#queue/messages.ts';
import { may, type Actor } from '#shared/access.ts';
import type { KnownStanding } from '#shared/status.ts';
import { carrierWordOf } from './store.ts';

export interface TeachDeps {
  store: Store;
  show: Show;
}

/** A word that a carrier showed, as a person who may say what it means is asked about it. */
export interface AskedWord {
  carrier: { id: string; name: string };
  word: string;
  /** Policies whose status is this word, and which wait for its meaning. */
  waiting: number;
}

export const askedWord = async (
  { store }: Pick<TeachDeps, 'store'>,
  actor: Actor,
  syncId: string,
): Promise<AskedWord | 'refused' | undefined> => {
  if (!may(actor, 'status.teach')) return 'refused';
  const seen = await carrierWordOf(store, syncId);
  const policy = seen && (await policyById(store, seen.policyId));
  if (seen === undefined || policy === undefined) return undefined;
  const carrier = { id: policy.carrierId, name: policy.carrierName };
  return {
    carrier,
    word: seen.word,
    waiting: await waitingForWord(store.db, carrier.id, seen.word),
  };
};

export type Taught =
  | { kind: 'taught'; asked: AskedWord }
  | { kind: 'refused' }
  /** The sync is gone, or showed no word. */
  | { kind: 'stale' };

/** From now on the word means this at its carrier, and what waited for it is decided. */
export const teach = async (
  deps: TeachDeps,
  actor: Actor,
  { syncId, standing }: { syncId: string; standing: KnownStanding },
): Promise<Taught> => {
  const asked = await askedWord(deps, actor, syncId);
  if (asked === 'refused') return { kind: 'refused' };
  if (asked === undefined) return { kind: 'stale' };
  const { carrier, word } = asked;
  await teachWord(deps.store, { carrierId: carrier.id, word, standing, personId: actor.id });
  await decideWaiting(deps);
  return { kind: 'taught', asked };
};

/** What a file taught, or what a crash left, is decided too. */
export const decideWaiting = async ({ store, show }: TeachDeps): Promise<void> => {
  for (const request of await decideTaught(store)) await show(request);
};
