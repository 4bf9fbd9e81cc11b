import { markTold } from '#core/logins/store/link.ts';
import {
  holdersAfter,
  addLinkNotification,
  heldLogins,
  timesTold,
  markUntellable,
  holdersUntold,
  untoldLogins,
  type HeldLogin,
} from './store.ts';
import type { Store } from '#database/store.ts';
import { byUrgency, unlinkedOf, warningOf, type LinkFacts, type Warned } from './rules.ts';
import { type Clock, breathe } from '#shared/clock.ts';
import type { LinkItem } from '#features/notifications/notification.ts';
import { runSteps } from '#queue/every.ts';
import type { Show } from '#queue/messages.ts';
import { notificationSubject } from '#shared/subject.ts';

interface Deps {
  store: Store;
  clock: Clock;
  show: Show;
  zone: string;
  log: (problem: string, error?: unknown) => void;
}

/** Somebody who holds logins, and is in Slack. */
interface Holder {
  id: string;
  slackId: string;
}

const CHUNK = 50;

/** One message a person a day (ISO) about all of their logins, with nothing when there is nothing. */
export const warnOfLinks = async (deps: Deps, day: string): Promise<void> => {
  for (let after = ''; ;) {
    const holders = await holdersAfter(deps.store, after, CHUNK);
    await runSteps(
      holders.map((holder) => ({ name: holder.id, run: () => warnHolder(deps, holder, day) })),
      (id, error) =>
        deps.log(`${id} could not be warned of their logins; the next day does it again`, error),
    );
    const last = holders.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
};

const warnHolder = async (deps: Deps, { id, slackId }: Holder, day: string): Promise<void> => {
  const { store, show } = deps;
  const items = await warningsOf(deps, id);
  if (items.length > 0) {
    const notificationId = await addLinkNotification(store, {
      kind: 'link-warning',
      name: `${id}:${day}`,
      channel: slackId,
      items,
    });
    if (notificationId !== undefined) await show(notificationSubject(notificationId));
  }
  await breathe();
};

const warningsOf = async (
  { store, clock, zone }: Deps,
  holderId: string,
): Promise<readonly LinkItem[]> => {
  const found: Found[] = [];
  for (const login of await heldLogins(store, holderId)) {
    const counts = new Map<string, number>();
    const key = (each: Warned): string => `${each.why} ${each.until}`;
    // The rule is pure: what it may ask is looked up before.
    for (const each of endsOf(login)) counts.set(key(each), await timesTold(store, login.id, each));
    const warning = warningOf(login, clock(), zone, (each) => counts.get(key(each)) ?? 0);
    if (warning !== undefined) found.push({ login, warned: warning });
  }
  return itemsOf(found);
};

const endsOf = (login: LinkFacts): Warned[] => [
  unlinkedOf(login),
  ...(login.passwordEnds === undefined
    ? []
    : [{ why: 'password-ends' as const, until: login.passwordEnds }]),
  ...(login.trustedUntil === undefined
    ? []
    : [{ why: 'trust-ends' as const, until: String(login.trustedUntil) }]),
];

interface Found {
  login: HeldLogin;
  warned: Warned;
}

/** What comes first in the message. */
const itemsOf = (found: readonly Found[]): LinkItem[] =>
  found
    .toSorted((one, other) =>
      byUrgency({ ...one.login, ...one.warned }, { ...other.login, ...other.warned }),
    )
    .map(({ login, warned }) => ({
      sourceId: login.id,
      name: login.name,
      carrierName: login.carrierName,
      ...warned,
      reason: login.unlinkedReason ?? null,
      waiting: login.waiting,
      done: null,
    }));

const MOST_HOLDERS = 50;

/**
 * Tells each holder once of the logins that lost their link, as far as anything waits for them; those
 * lost at one time together.
 */
export const tellOfLostLinks = async (
  deps: Pick<Deps, 'store' | 'show' | 'log'>,
): Promise<void> => {
  await markUntellable(deps.store);
  const holders = await holdersUntold(deps.store, MOST_HOLDERS);
  await runSteps(
    holders.map((holder) => ({ name: holder.id, run: () => tellHolder(deps, holder) })),
    (id, error) =>
      deps.log(`${id} could not be told of their lost links; it is tried again`, error),
  );
};

const tellHolder = async (
  { store, show }: Pick<Deps, 'store' | 'show'>,
  { id, slackId }: Holder,
): Promise<void> => {
  const logins = await untoldLogins(store, id);
  const waited = logins.filter(({ waiting }) => waiting > 0);
  await markTold(
    store.db,
    logins.filter(({ waiting }) => waiting === 0).map((login) => login.id),
  );
  const [first] = waited;
  if (first === undefined) return;
  const notificationId = await addLinkNotification(store, {
    kind: 'link-lost',
    name: `${first.id}:${first.unlinkedAt}`,
    channel: slackId,
    items: itemsOf(
      waited.map((login) => ({ login, warned: { why: 'unlinked' as const, until: '' } })),
    ),
  });
  if (notificationId !== undefined) await show(notificationSubject(notificationId));
};
