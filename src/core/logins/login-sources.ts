import {
  loginSource,
  renameSource,
  shareSource,
  unlinkSource,
  removeSource,
  insertSource,
  type LoginSource,
  type SharedWith,
} from './store/login-sources.ts';
import type { Store } from '#database/store.ts';
import { may, type Action, type Actor } from '#shared/access.ts';
import type { Show } from '#queue/messages.ts';

interface Deps {
  store: Store;
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
  { store }: { store: Store },
  actor: Actor,
  action: Extract<Action, `source.${string}`>,
  sourceId: string,
): Promise<LoginSource | undefined> => {
  const source = await loginSource(store, sourceId);
  return source !== undefined && maySource(actor, action, source) ? source : undefined;
};

export type SourceChange =
  | { kind: 'rename'; name: string }
  | { kind: 'share'; people: readonly SharedWith[] }
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
      return (await renameSource(store, sourceId, change.name, actor.id))
        ? 'changed'
        : 'name-taken';
    case 'share': {
      const others = change.people.filter(({ id }) => id !== source.holderId);
      // Who was imported and is not on Slack yet cannot be picked there, and stays.
      const unseen = source.sharedWith.filter(({ slackId }) => slackId === null);
      const personIds = [...others, ...unseen].map(({ id }) => id);
      return showAll(await shareSource(store, sourceId, personIds, actor.id));
    }
    case 'unlink':
      return showAll(await unlinkSource(store, sourceId, actor.id));
    case 'remove':
      return showAll(await removeSource(store, sourceId, actor.id));
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
  const added = await insertSource(store, { ...wanted, byId: actor.id });
  if (added === 'name-taken') return { kind: 'name-taken' };
  const source = added === 'no-carrier' ? undefined : await loginSource(store, added.id);
  return source === undefined ? { kind: 'refused' } : { kind: 'added', source };
};
