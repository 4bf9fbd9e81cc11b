import { z } from 'zod';
import type { View } from '@slack/types';
import { may, type Actor } from '#shared/access.ts';
import { confirmLink, issueLink, openPairings, replaceLink, type Pairing } from './link.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { say, LINKING_OFF } from '#slack/answers.ts';
import { click, noValue, submission, type ClickAct } from '#slack/listen.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import {
  confirmedModal,
  endedModal,
  linkModal,
  noLinkModal,
  PAIR,
  pairingModal,
} from './link-modals.ts';
import { sourceName } from '#core/logins/store/login-sources.ts';
import { endedAmong, requestOwner } from './store/links.ts';
import { slackErrorOf } from '#slack/errors.ts';

/** Which open modal belongs to which link, so that it can ask for the number; lost on a restart. */
const modals = new Map<string, string>();
const MOST_REMEMBERED = 1000;

const remember = (linkId: string, viewId: string): void => {
  modals.set(linkId, viewId);
  const [oldest] = modals.keys();
  if (modals.size > MOST_REMEMBERED && oldest !== undefined) modals.delete(oldest);
};

/** The same for one that does not exist, so that nothing is learned by trying. */
const NOT_TO_LINK = 'This login is not yours to link. Ask its holder, or a manager at your firm.';

/**
 * What the Link modal shows: a page of this person that waits for its number comes first, else a
 * fresh one-time link.
 */
export const openLink = async (
  deps: Pick<SlackDeps, 'store' | 'clock' | 'random' | 'settings'>,
  personId: string,
  source: { id: string; name: string },
  requestId: string | undefined,
  viewId: string | undefined,
): Promise<View> => {
  const { publicUrl } = deps.settings;
  if (publicUrl === undefined) return noLinkModal(LINKING_OFF);
  const waiting = (await openPairings(deps, personId)).find(
    ({ sourceId }) => sourceId === source.id,
  );
  if (waiting !== undefined) {
    if (viewId !== undefined) remember(waiting.linkId, viewId);
    return pairingModal(waiting);
  }
  const issued = await issueLink(deps, {
    personId,
    sourceId: source.id,
    ...(requestId === undefined ? {} : { requestId }),
  });
  if (issued.kind === 'not-allowed') return noLinkModal(NOT_TO_LINK);
  if (viewId !== undefined) remember(issued.linkId, viewId);
  return linkModal(source.name, `${publicUrl}${issued.path}`);
};

/** Shows this in the modal of a link. Whoever closed it has gone on: Link opens another one. */
const showIn = async (
  { log }: Pick<SlackDeps, 'log'>,
  client: SlackClient,
  linkId: string,
  view: View,
): Promise<void> => {
  const viewId = modals.get(linkId);
  if (viewId === undefined) return;
  try {
    await client.views.update({ view_id: viewId, view });
  } catch (error) {
    if (slackErrorOf(error).code === 'not_found') modals.delete(linkId);
    else log('a Link modal could not be updated; Link on the card opens another one', error);
  }
};

/** A browser shows a number: the open modal asks for it. Without one, Link on the card does. */
export const showPairing = (
  deps: Pick<SlackDeps, 'log'>,
  client: SlackClient,
  pairing: Pairing,
): Promise<void> => showIn(deps, client, pairing.linkId, pairingModal(pairing));

/** Modals whose link has ended say so, instead of offering a page that is over. */
export const endModals = async (
  deps: Pick<SlackDeps, 'store' | 'log'>,
  client: SlackClient,
): Promise<void> => {
  for (const { id, sourceName, linked } of await endedAmong(deps.store, [...modals.keys()])) {
    await showIn(deps, client, id, endedModal(sourceName, linked));
    modals.delete(id);
  }
};

/** A button's value names any request; the page tells whose policy waits only to who may know. */
const ownRequest = async (
  { store }: SlackDeps,
  actor: Actor,
  requestId: string | undefined,
): Promise<string | undefined> => {
  const owner = requestId === undefined ? undefined : await requestOwner(store, requestId);
  return owner !== undefined && may(actor, 'request.view', { own: owner.personId === actor.id })
    ? requestId
    : undefined;
};

const parseLink = parserOf(z.object({ source: id, request: id.optional() }));
export const parsePair = parserOf(z.object({ link: id }));

const link: ClickAct<NonNullable<ReturnType<typeof parseLink>>> = async (
  deps,
  { actor, viewId },
  asked,
) => {
  const source = await sourceName(deps.store, asked.source);
  return source === undefined
    ? noLinkModal(NOT_TO_LINK)
    : openLink(deps, actor.id, source, await ownRequest(deps, actor, asked.request), viewId);
};

export const LINK_CLICKS = [
  click(/^link(:\d+)?$/, parseLink, link, noLinkModal('One moment …')),
  click('open-link-page', noValue, async () => undefined),
  click('new-link-page', parsePair, async (deps, { actor, viewId }, lost) => {
    const { publicUrl } = deps.settings;
    const issued = await replaceLink(deps, actor.id, lost.link);
    if (issued.kind === 'not-allowed' || publicUrl === undefined) return noLinkModal(NOT_TO_LINK);
    if (viewId !== undefined) remember(issued.linkId, viewId);
    return linkModal(issued.sourceName, `${publicUrl}${issued.path}`);
  }),
];

export const LINK_SUBMISSIONS = [
  submission(PAIR, 'number', parsePair, async (deps, { actor, field }, asked) => {
    const typed = field('number').value?.trim() ?? '';
    // A slip of the finger that cannot be the number ends nothing.
    if (!/^\d{2}$/.test(typed))
      return { error: { answer: say('Type the two digits that the page shows.') } };
    return { view: confirmedModal(await confirmLink(deps, actor.id, asked.link, typed)) };
  }),
];
