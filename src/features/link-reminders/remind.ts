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
import type { Show } from '#queue/messages.ts';
import { notificationSubject } from '#shared/subject.ts';

interface Deps {
  store: Store;
  clock: Clock;
  show: Show;
  zone: string;
}

const CHUNK = 50;

/** One message a person a day (ISO) about all of their logins, with nothing when there is nothing. */
export const warnOfLinks = async (deps: Deps, day: string): Promise<number> => {
  const { store, show } = deps;
  let notifications = 0;
  for (let after = ''; ;) {
    const holders = await holdersAfter(store, after, CHUNK);
    for (const { id, slackId } of holders) {
      const items = await warningsOf(deps, id);
      if (items.length > 0) {
        const name = `${id}:${day}`;
        const notification = { kind: 'link-warning' as const, name, channel: slackId, items };
        const notificationId = await addLinkNotification(store, notification);
        if (notificationId !== undefined) {
          notifications += 1;
          await show(notificationSubject(notificationId));
        }
      }
      await breathe();
    }
    const last = holders.at(-1);
    if (last === undefined) return notifications;
    after = last.id;
  }
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
export const tellOfLostLinks = async ({
  store,
  show,
}: Omit<Deps, 'zone' | 'clock'>): Promise<void> => {
  await markUntellable(store);
  for (const { id, slackId } of await holdersUntold(store, MOST_HOLDERS)) {
    const logins = await untoldLogins(store, id);
    const waited = logins.filter(({ waiting }) => waiting > 0);
    await markTold(
      store.db,
      logins.filter(({ waiting }) => waiting === 0).map((login) => login.id),
    );
    const [first] = waited;
    if (first === undefined) continue;
    const notificationId = await addLinkNotification(store, {
      kind: 'link-lost',
      name: `${first.id}:${first.unlinkedAt}`,
      channel: slackId,
      items: itemsOf(
        waited.map((login) => ({ login, warned: { why: 'unlinked' as const, until: '' } })),
      ),
    });
    if (notificationId !== undefined) await show(notificationSubject(notificationId));
  }
};
