import { ackOnceDone } from '#slack/ack.ts';
import { keyOf, partOf } from '#slack/act-keys.ts';
import { askerOf, endWish, keepWish, keptWishes, leftSince, sourceMarks } from './store.ts';
import { DAY } from '#shared/clock.ts';
import type { BlockAction } from '@slack/bolt';
import { parsePolicy } from '#slack/click-values.ts';
import { askForPolicy } from '#core/requests/slack.ts';
import type { SlackDeps, SlackApp, SlackClient } from '#slack/deps.ts';
import { openHomes, OPEN_MS } from './open-homes.ts';
import { publishHome } from './publish.ts';
import {
  freshState,
  parseState,
  withCarrier,
  withFilter,
  withPage,
  withQuery,
  type HomeState,
} from './state.ts';
import { whoIs } from '#slack/who.ts';
import type { Person } from '#shared/access.ts';
import { learnDirectChannel } from '#slack/store.ts';
import { sayingModal } from '#slack/modals.ts';
import { openModal } from '#slack/open-modal.ts';

/** Brings open Homes up to date with what happens elsewhere; never throws. */
export interface Homes extends AsyncDisposable {
  requestChanged: (requestId: string) => Promise<void>;
  /** Looks for changed login sources, whichever process changed them, and for what is still to be shown. */
  look: () => Promise<void>;
}

type Turn = (state: HomeState, value: string) => HomeState;

/** Acts that only change what is shown. */
const TURNS: readonly (readonly [name: string | RegExp, turn: Turn])[] = [
  ['home-search', withQuery],
  [/^home-filter:/, withFilter],
  ['home-carrier', withCarrier],
  [/^home-page:/, withPage],
  ['home-clear', ({ at }) => freshState(at)],
  ['home-refresh', (state) => state],
];

const valueOf = (action: BlockAction['actions'][number]): string => {
  if (action.type === 'button' || action.type === 'plain_text_input') return action.value ?? '';
  return action.type === 'static_select' ? (action.selected_option?.value ?? '') : '';
};

/** One login: the row itself shows that it is queued. Several or none: the picker, or why not. */
const sync = async (
  deps: SlackDeps,
  by: {
    actor: Person;
    client: SlackClient;
    slackId: string;
    triggerId: string;
    dedupeKey: string;
  },
  policyId: string,
): Promise<void> => {
  const origin = { askedIn: by.slackId, channel: by.slackId };
  const ask = { ...by, policyId, origin };
  const { answer, requestId } = await askForPolicy(deps, ask);
  if (requestId !== undefined) return;
  const said = await answer();
  if (said === 'modal') return;
  const view = sayingModal(...said.blocks);
  await openModal(by.client, by.triggerId, view);
};

/** The Home tab: the report with its search, the login sources, and what a click on them does. */
export const listenToHome = (app: SlackApp, deps: SlackDeps): Homes => {
  const { store, clock } = deps;
  const homes = openHomes({
    clock,
    publish: (userId, state, over) => publishHome(deps, deps.teller, { userId }, state, over),
    wishes: {
      keep: (userId, state) =>
        keepWish(store, { userId, state: JSON.stringify(state), at: state.at }),
      end: (userId, { at }) => endWish(store, userId, at),
    },
    onError: (error) => deps.log('a Home could not be brought up to date', error),
  });

  /** An id of another workspace may be the same as one of ours: nothing is shown to either. */
  const isElsewhere = (teamId: string | undefined): boolean =>
    teamId !== undefined && teamId !== deps.teamId;

  app.event('app_home_opened', async ({ event, body }) => {
    if (isElsewhere(body.team_id)) return;
    await learnDirectChannel(store, event.user, event.channel);
    if (event.tab !== 'home') return;
    // Events overtake each other: what was asked for after the tab opened stands.
    const latest = homes.stateOf(event.user);
    const isLater = latest !== undefined && latest.at > Number(event.event_ts) * 1000;
    await homes.show(
      event.user,
      isLater ? latest : parseState(event.view?.private_metadata, clock()),
    );
  });

  for (const [name, turn] of TURNS)
    app.action<BlockAction>(name, async ({ ack, body, action }) => {
      await ack();
      if (isElsewhere(body.team?.id)) return;
      const state = parseState(body.view?.private_metadata, clock());
      await homes.show(body.user.id, turn(state, valueOf(action)));
    });

  app.action<BlockAction>('home-sync', async ({ ack, body, action, client }) => {
    if (isElsewhere(body.team?.id)) return ack();
    const { id: slackId } = body.user;
    await ackOnceDone(ack, async () => {
      const who = await whoIs(deps, client, { userId: slackId });
      const dedupeKey = keyOf(partOf(body)) ?? '';
      const by = { client, slackId, triggerId: body.trigger_id, dedupeKey };
      if (who.kind === 'person')
        await sync(deps, { ...by, actor: who.person }, parsePolicy(valueOf(action))?.policy ?? '');
    });
    await homes.show(slackId, parseState(body.view?.private_metadata, clock()));
  });

  const quietly = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) =>
      deps.log('open Homes could not be brought up to date', error),
    );
  };
  const requestChanged = async (requestId: string): Promise<void> => {
    const asker = await askerOf(store, requestId);
    if (asker !== undefined) homes.changed(asker);
  };
  /** Whose Home was taken down, and of which end of their access that was. */
  const takenDown = new Map<string, number>();
  /** Slack keeps showing what stood in a Home last: whoever has left sees none of it any more. */
  const takeDown = async (): Promise<void> => {
    for (const { userId, at } of await leftSince(store, clock() - DAY)) {
      if (takenDown.get(userId) === at) continue;
      takenDown.set(userId, at);
      await homes.show(userId, freshState(clock()));
    }
  };
  const look = async (): Promise<void> => {
    await takeDown();
    const kept = await keptWishes(store, clock() - OPEN_MS);
    homes.resume(
      kept.map(({ userId, state, at }) => ({
        userId,
        state: { ...parseState(state, clock()), at },
      })),
    );
    await homes.look((personIds) => sourceMarks(store, personIds));
  };
  return {
    requestChanged: (requestId) => quietly(requestChanged(requestId)),
    look: () => quietly(look()),
    [Symbol.asyncDispose]: () => homes[Symbol.asyncDispose](),
  };
};
