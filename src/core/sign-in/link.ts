import {
  linkPerson,
  linkSource,
  insertLink,
  linkByToken,
  isRemembered,
  tieBrowser,
  linkById,
  pairingsOf,
  endLink,
  confirm,
  type Link,
} from './store/links.ts';
import type { Store } from '#database/store.ts';
import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { LINK_LIFE, mayLink, standingOfLink, type LinkStanding } from './rules.ts';
import type { Clock } from '#shared/clock.ts';
import type { Random } from '#shared/secret.ts';
import { REMEMBERED_LIFE } from '#web/cookies.ts';

/**
 * What Slack asks the person while a browser waits for its number. The number itself is not in it: who
 * asked for the link, and sees this alone, must not learn or guess it.
 */
export interface Pairing {
  linkId: string;
  personId: string;
  sourceId: string;
  sourceName: string;
  requestId?: string;
  expiresAt: number;
}

export type Issued =
  | { kind: 'issued'; linkId: string; token: string; path: string; expiresAt: number }
  | { kind: 'not-allowed' };

/** A fresh one-time link for each click; the token is in the address alone, stored hashed. */
export const issueLink = async (
  { store, clock, random }: { store: Store; clock: Clock; random: Random },
  intent: { personId: string; sourceId: string; requestId?: string },
): Promise<Issued> => {
  const [person, source] = [
    await linkPerson(store, intent.personId),
    await linkSource(store, intent.sourceId),
  ];
  if (person === undefined || source === undefined || !mayLink(person, source))
    return { kind: 'not-allowed' };
  const token = Buffer.from(random(32)).toString('base64url');
  const link = { ...intent, id: ulid(clock()), expiresAt: clock() + LINK_LIFE };
  await insertLink(store, { ...link, tokenHash: hash(token) });
  return {
    kind: 'issued',
    linkId: link.id,
    token,
    path: `/link/${token}`,
    expiresAt: link.expiresAt,
  };
};

/**
 * A fresh page in the place of one whose browser was lost: the lost one shows its number to nobody,
 * and would be asked about for as long as it lives. One that was confirmed meanwhile is in use, and
 * goes on.
 */
export const replaceLink = async (
  deps: { store: Store; clock: Clock; random: Random },
  personId: string,
  linkId: string,
): Promise<(Issued & { kind: 'issued'; sourceName: string }) | { kind: 'not-allowed' }> => {
  const link = await linkById(deps.store, linkId);
  if (link === undefined || link.person.id !== personId) return { kind: 'not-allowed' };
  if (link.confirmedAt === undefined) await endLink(deps.store, linkId, 'replaced');
  const issued = await issueLink(deps, {
    personId,
    sourceId: link.source.id,
    ...(link.requestId === undefined ? {} : { requestId: link.requestId }),
  });
  return issued.kind === 'issued' ? { ...issued, sourceName: link.source.name } : issued;
};

export type FoundLink = { link: Link; standing: LinkStanding };

/** Looks, and changes nothing: mail scanners and previews open links too. */
export const findLink = async (
  { store, clock }: { store: Store; clock: Clock },
  token: string,
  browser: string | undefined,
): Promise<FoundLink | undefined> => {
  const link = await linkByToken(store, hash(token));
  if (link === undefined || !mayLink(link.person, link.source)) return undefined;
  const browserHash = browser === undefined ? undefined : hash(browser);
  return { link, standing: standingOfLink(link, browserHash, clock()) };
};

/** The first Continue ties the link to this browser; `browser` is the value of its cookie. */
export const continueLink = async (
  {
    store,
    clock,
    random,
    pairingWanted,
  }: {
    store: Store;
    clock: Clock;
    random: Random;
    /** Slack then asks for the number. Not waited for, since the page shows its number all the same. */
    pairingWanted: (pairing: Pairing) => Promise<void>;
  },
  token: string,
  browser: string,
): Promise<LinkStanding | { kind: 'unknown' }> => {
  const found = await findLink({ store, clock }, token, browser);
  if (found === undefined) return { kind: 'unknown' };
  if (found.standing.kind !== 'new') return found.standing;
  const browserHash = hash(browser);
  const pairingNumber = twoDigits(random);
  const confirmed = await isRemembered(store, browserHash, found.link.person.id);
  const tied = await tieBrowser(store, found.link.id, { browserHash, pairingNumber, confirmed });
  const link = tied ? await linkById(store, found.link.id) : undefined;
  if (link !== undefined && !confirmed) pairingWanted(pairingOf(link)).catch(() => undefined);
  return (await findLink({ store, clock }, token, browser))?.standing ?? { kind: 'unknown' };
};

/** What waits for this person to type a number, for a view that is drawn from the database. */
export const openPairings = async (
  { store }: { store: Store },
  personId: string,
): Promise<Pairing[]> => (await pairingsOf(store, personId)).map(pairingOf);

export type Confirmed =
  | { kind: 'confirmed' }
  /** The link has ended; a fresh one is one click away. */
  | { kind: 'wrong-number' }
  | { kind: 'expired' }
  | { kind: 'not-yours' }
  | { kind: 'already' };

/** The person typed a number in Slack: the right one opens the fields, a wrong one ends the link. */
export const confirmLink = async (
  { store, clock }: { store: Store; clock: Clock },
  personId: string,
  linkId: string,
  typed: string,
): Promise<Confirmed> => {
  const link = await linkById(store, linkId);
  if (link === undefined || link.person.id !== personId || !mayLink(link.person, link.source))
    return { kind: 'not-yours' };
  if (link.endedReason === 'wrong-number') return { kind: 'wrong-number' };
  if (link.confirmedAt !== undefined || link.finishedAt !== undefined) return { kind: 'already' };
  if (clock() >= link.expiresAt) return { kind: 'expired' };
  if (link.pairingNumber === undefined || link.pairingNumber !== typed) {
    await endLink(store, linkId, 'wrong-number');
    return { kind: 'wrong-number' };
  }
  const confirmed = await confirm(store, linkId, clock() + REMEMBERED_LIFE);
  return { kind: confirmed ? 'confirmed' : 'already' };
};

/** The person rather stops than risks the login; nothing more can be sent through this link. */
export const stopLink = async ({ store }: { store: Store }, linkId: string): Promise<void> => {
  await endLink(store, linkId, 'stopped');
};

/** Tokens and cookies are random and long, so a plain hash is enough to store. */
export const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

const pairingOf = (link: Link): Pairing => ({
  linkId: link.id,
  personId: link.person.id,
  sourceId: link.source.id,
  sourceName: link.source.name,
  ...(link.requestId === undefined ? {} : { requestId: link.requestId }),
  expiresAt: link.expiresAt,
});

/** 10 to 99, each as likely: bytes above the last whole multiple of 90 are drawn again. */
const twoDigits = (random: Random): string => {
  for (;;) {
    const byte = random(1)[0] ?? 255;
    if (byte < 180) return String(10 + (byte % 90));
  }
};
