import { may, type Action, type Actor } from '#shared/access.ts';
import type { Show } from '#queue/messages.ts';

/** A login source with everything that its list tells of it. */
export interface LoginSource {
  id: string;
  name: string;
  carrierName: string;
  holderId: string;
  holderName: string;
  sharedWith: SharedWith[];
  linked: boolean;
  /** Epoch ms; null while unlinked or when the carrier sets no end. */
  linkEndsAt: number | null;
  unlinkedReason: string | null;
  /** Epoch ms; 0: not on hold. */
  heldUntil: number;
  heldByName: string | null;
  /** The worker signs in again by itself when the link ends. */
  automatic: boolean;
  /** Its holder, or who linked it, lets the password be kept. */
  passwordKept: boolean;
  /** Forced syncs that wait for it. */
  waiting: number;
}

export interface SharedWith {
  id: string;
  name: string;
  slackId: string | null;
}

export interface LoginSourceStore {
  /** Held by the person or shared with them; unlinked ones first, then by name. */
  sourcesOf: (personId: string) => Promise<LoginSource[]>;
  /** Every login of the firm in the same order. */
  sourcesOfFirm: (
    limit: number,
    offset: number,
  ) => Promise<{ sources: LoginSource[]; total: number }>;
  /** Undefined once it is removed. */
  loginSource: (id: string) => Promise<LoginSource | undefined>;
  /** Active people of the firm among these Slack accounts. */
  peopleOnSlack: (slackIds: readonly string[]) => Promise<SharedWith[]>;
  addSource: (source: {
    carrierId: string;
    name: string;
    holderId: string;
    byId: string;
  }) => Promise<{ id: string } | 'name-taken' | 'no-carrier'>;
  renameSource: (id: string, name: string, byId: string) => Promise<boolean>;
  shareSource: (id: string, personIds: readonly string[], byId: string) => Promise<void>;
  /** Ends session, lease, cookies and stored password; the requests to show it to. */
  unlinkSource: (id: string, byId: string) => Promise<readonly string[]>;
  /** The same for good; what waited for it is cancelled and says so. */
  removeSource: (id: string, byId: string) => Promise<readonly string[]>;
}

interface Deps {
  store: LoginSourceStore;
  show: Show;
}

/** What a person may do with one login. */
export const maySource = (
  actor: Actor,
  action: Extract<Action, `source.${string}`>,
  source: Pick<LoginSource, 'holderId' | 'sharedWith'>,
): boolean =>
  may(actor, action, {
    holds: source.holderId === actor.id,
    shared: source.sharedWith.some(({ id }) => id === actor.id),
  });

/** Whether the whole firm's logins are this person's to look after. */
export const managesFirm = (actor: Actor): boolean => may(actor, 'source.manage');

/** The login, if this person may do that with it; not told apart from one that is gone. */
export const sourceFor = async (
  { store }: { store: Pick<LoginSourceStore, 'loginSource'> },
  actor: Actor,
  action: Extract<Action, `source.${string}`>,
  sourceId: string,
): Promise<LoginSource | undefined> => {
  const source = await store.loginSource(sourceId);
  return source !== undefined && maySource(actor, action, source) ? source : undefined;
};

export type SourceChange =
  | { kind: 'rename'; name: string }
  | { kind: 'share'; personIds: readonly string[] }
  | { kind: 'unlink' }
  | { kind: 'remove' };

export type SourceChanged = 'changed' | 'name-taken' | 'refused';

/** Changes a login on behalf of who may; each change is in the audit. */
export const changeSource = async (
  { store, show }: Deps,
  actor: Actor,
  sourceId: string,
  change: SourceChange,
): Promise<SourceChanged> => {
  const source = await sourceFor({ store }, actor, 'source.manage', sourceId);
  if (source === undefined) return 'refused';
  const showAll = async (requests: readonly string[]): Promise<SourceChanged> => {
    for (const requestId of requests) await show(requestId);
    return 'changed';
  };
  switch (change.kind) {
    case 'rename':
      return (await store.renameSource(sourceId, change.name, actor.id)) ? 'changed' : 'name-taken';
    case 'share': {
      const others = change.personIds.filter((id) => id !== source.holderId);
      // Who was imported and is not on Slack yet cannot be picked there, and stays.
      const unseen = source.sharedWith.filter(({ slackId }) => slackId === null);
      await store.shareSource(sourceId, [...others, ...unseen.map(({ id }) => id)], actor.id);
      return 'changed';
    }
    case 'unlink':
      return showAll(await store.unlinkSource(sourceId, actor.id));
    case 'remove':
      return showAll(await store.removeSource(sourceId, actor.id));
  }
};

export type SourceAdded =
  | { kind: 'added'; source: LoginSource }
  | { kind: 'name-taken' }
  | { kind: 'refused' };

/** Adds a login, unlinked: for oneself, or for anybody by who manages the firm's. */
export const addSource = async (
  { store }: Pick<Deps, 'store'>,
  actor: Actor,
  wanted: { carrierId: string; name: string; holderId: string },
): Promise<SourceAdded> => {
  if (!may(actor, 'source.add', { holds: wanted.holderId === actor.id }))
    return { kind: 'refused' };
  const added = await store.addSource({ ...wanted, byId: actor.id });
  if (added === 'name-taken') return { kind: 'name-taken' };
  const source = added === 'no-carrier' ? undefined : await store.loginSource(added.id);
  return source === undefined ? { kind: 'refused' } : { kind: 'added', source };
};

export interface SourceChangeStore {
  /**
   * Brings the syncs that wait for a login in line with it: linked, those that needed the link are
   * queued again; its link failed, the forced ones say why. The requests to show it to.
   */
  reflectSource: (sourceId: string) => Promise<readonly string[]>;
  /** Ends what a person asked for and nobody linked the login for in time. The requests to show it to. */
  endLinkWaits: (limit: number) => Promise<readonly string[]>;
}
