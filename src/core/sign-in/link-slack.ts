import { requestOwner } from '#core/requests/store/requests.ts';
import { sourceName } from '#core/requests/store/clicks.ts';
import type { BlockAction } from '@slack/bolt';
import type { View } from '@slack/types';
import { may, type Actor } from '#shared/access.ts';
import type { Pairing } from './link.ts';
import { parseLink, parsePair } from '#slack/click-values.ts';
import type { Desk, SlackApp, SlackClient } from '#slack/desk.ts';
import { confirmedModal, linkModal, noLinkModal, pairingModal } from './link-modals.ts';
import { whoIs } from '#slack/who.ts';

/** Which open modal belongs to which link, so that it can ask for the number; lost on a restart. */
const modals = new Map<string, string>();
const MOST_REMEMBERED = 1000;

const remember = (linkId: string, viewId: string): void => {
  modals.set(linkId, viewId);
  const [oldest] = modals.keys();
  if (modals.size > MOST_REMEMBERED && oldest !== undefined) modals.delete(oldest);
};

/** The same for one that does not exist, so that nothing is learned by trying. */
const NOT_TO_LINK = 'This login is not yours to link. Ask its holder, or a manager of your firm.';

/**
 * What the Link modal shows: a page of this person that waits for its number comes first, else a
 * fresh one-time link.
 */
export const openLink = async (
  desk: Desk,
  personId: string,
  source: { id: string; name: string },
  requestId: string | undefined,
  viewId: string | undefined,
): Promise<View> => {
  const { publicUrl } = desk.settings;
  if (publicUrl === undefined)
    return noLinkModal(
      'Linking is not available: this installation has no public address yet (PUBLIC_URL). Ask whoever runs it.',
    );
  const waiting = (await desk.links.pairings(personId)).find(
    ({ sourceId }) => sourceId === source.id,
  );
  if (waiting !== undefined) {
    if (viewId !== undefined) remember(waiting.linkId, viewId);
    return pairingModal(waiting);
  }
  const issued = await desk.links.issue({
    personId,
    sourceId: source.id,
    ...(requestId === undefined ? {} : { requestId }),
  });
  if (issued.kind === 'not-allowed') return noLinkModal(NOT_TO_LINK);
  if (viewId !== undefined) remember(issued.linkId, viewId);
  return linkModal(source.name, `${publicUrl}${issued.path}`);
};

/** A browser shows a number: the open modal asks for it. Without one, Link on the card does. */
export const showPairing = async (
  { log }: Pick<Desk, 'log'>,
  client: SlackClient,
  pairing: Pairing,
): Promise<void> => {
  const viewId = modals.get(pairing.linkId);
  if (viewId === undefined) return;
  try {
    await client.views.update({ view_id: viewId, view: pairingModal(pairing) });
  } catch (error) {
    log('the Link modal is gone; Link on the card asks for the number', error);
  }
};

/** A button's value names any request; the page tells whose policy waits only to who may know. */
const ownRequest = async (
  { store }: Desk,
  actor: Actor,
  requestId: string | undefined,
): Promise<string | undefined> => {
  const owner = requestId === undefined ? undefined : await requestOwner(store, requestId);
  return owner !== undefined && may(actor, 'request.view', { own: owner.personId === actor.id })
    ? requestId
    : undefined;
};

export const listenToLink = (app: SlackApp, desk: Desk): void => {
  app.action<BlockAction>(/^link(:\d+)?$/, async ({ ack, body, action, client }) => {
    await ack();
    if (action.type !== 'button') return;
    const click = parseLink(action.value);
    const moment = { trigger_id: body.trigger_id, view: noLinkModal('One moment …') };
    // From a modal it goes on top of that one; elsewhere it is the first.
    const opened = await (body.view?.type === 'modal'
      ? client.views.push(moment)
      : client.views.open(moment));
    const viewId = opened.view?.id;
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    const source = click === undefined ? undefined : await sourceName(desk.store, click.source);
    const view =
      who.kind === 'refused'
        ? noLinkModal(who.why)
        : source === undefined
          ? noLinkModal(NOT_TO_LINK)
          : await openLink(
              desk,
              who.person.id,
              source,
              await ownRequest(desk, who.person, click?.request),
              viewId,
            );
    if (viewId !== undefined) await client.views.update({ view_id: viewId, view });
  });

  app.action('open-link-page', async ({ ack }) => ack());

  app.action<BlockAction>(/^pair:\d$/, async ({ ack, body, action, client }) => {
    await ack();
    if (action.type !== 'button' || body.view === undefined) return;
    const pair = parsePair(action.value);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (pair === undefined || who.kind === 'refused') return;
    const outcome = await desk.links.confirm(who.person.id, pair.link, pair.number);
    await client.views.update({ view_id: body.view.id, view: confirmedModal(outcome) });
  });
};
