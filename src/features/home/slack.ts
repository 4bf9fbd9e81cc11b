import { askerOf, sourceMarks } from './store.ts';
import type { BlockAction } from '@slack/bolt';
import type { View } from '@slack/types';
import { readHistory } from '#features/history/history.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { parsePolicy } from '#slack/click-values.ts';
import { askForPolicy, request } from '#core/requests/slack.ts';
import type { Desk, SlackApp, SlackClient } from '#slack/desk.ts';
import { loadingHistory, noHistory } from '#features/history/modal.ts';
import { openHomes } from './open-homes.ts';
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
import { historyView } from '#features/history/slack.ts';
import { whoIs } from '#slack/who.ts';
import type { Person } from '#shared/access.ts';

/** Brings open Homes up to date with what happens elsewhere; never throws. */
export interface Homes extends Disposable {
  requestChanged: (requestId: string) => Promise<void>;
  /** Looks for changed login sources, whichever process changed them. */
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

const asModal = ({ blocks }: Answer): View => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Swivel Sync' },
  close: { type: 'plain_text', text: 'Close' },
  blocks,
});

interface Click {
  desk: Desk;
  client: SlackClient;
  body: BlockAction;
  person: Person;
  value: string;
}

/** One login: the row itself shows that it is queued. Several or none: the picker, or why not. */
const sync = async ({ desk, client, body, person, value }: Click): Promise<void> => {
  const policy = parsePolicy(value)?.policy;
  const userId = body.user.id;
  const ask = {
    actor: person,
    policyId: policy ?? '',
    origin: { askedIn: userId, channel: userId },
    dedupeKey: `home:${body.trigger_id}`,
    triggerId: body.trigger_id,
    client,
  };
  const choices = await sourceChoices(desk, person, ask.policyId);
  const [only, ...others] = choices.kind === 'sources' ? choices.sources : [];
  if (only !== undefined && others.length === 0) {
    const { answer, requestId } = await request(desk, ask, only.id);
    if (requestId !== undefined) return;
    await client.views.open({ trigger_id: body.trigger_id, view: asModal(answer) });
    return;
  }
  const answer = await askForPolicy(desk, ask);
  if (answer !== 'modal')
    await client.views.open({ trigger_id: body.trigger_id, view: asModal(answer) });
};

/** Opens at once, since a trigger lives three seconds, and fills when the rows are read. */
const history = async ({ desk, client, body, person, value }: Click): Promise<void> => {
  const opened = await client.views.open({ trigger_id: body.trigger_id, view: loadingHistory() });
  const found = await readHistory(desk, person, parsePolicy(value)?.policy ?? '');
  const view =
    found === undefined
      ? noHistory(answers.notYours().text)
      : await historyView({ client, log: desk.log }, found);
  if (opened.view?.id !== undefined) await client.views.update({ view_id: opened.view.id, view });
};

const ACTS: readonly (readonly [
  name: string,
  act: (click: Click) => Promise<void>,
  redraws: boolean,
])[] = [
  ['home-sync', sync, true],
  ['home-history', history, false],
];

/** The Home tab: the report with its search, the login sources, and what a click on them does. */
export const listenToHome = (app: SlackApp, desk: Desk, client: SlackClient): Homes => {
  const homes = openHomes(
    desk.clock,
    (userId, state) => publishHome(desk, client, { userId }, state),
    (error) => desk.log('a Home could not be brought up to date', error),
  );

  /** An id of another workspace may be the same as one of ours: nothing is shown to either. */
  const isElsewhere = (teamId: string | undefined): boolean =>
    teamId !== undefined && teamId !== desk.teamId;

  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home' || isElsewhere(body.team_id)) return;
    // Events overtake each other: what was asked for after the tab opened stands.
    const latest = homes.stateOf(event.user);
    const isLater = latest !== undefined && latest.at > Number(event.event_ts) * 1000;
    await homes.show(
      event.user,
      isLater ? latest : parseState(event.view?.private_metadata, desk.clock()),
    );
  });

  for (const [name, turn] of TURNS)
    app.action<BlockAction>(name, async ({ ack, body, action }) => {
      await ack();
      if (isElsewhere(body.team?.id)) return;
      const state = parseState(body.view?.private_metadata, desk.clock());
      await homes.show(body.user.id, turn(state, valueOf(action)));
    });

  for (const [name, act, redraws] of ACTS)
    app.action<BlockAction>(name, async ({ ack, body, action, client }) => {
      await ack();
      if (isElsewhere(body.team?.id)) return;
      const who = await whoIs(desk, client, { userId: body.user.id });
      const state = parseState(body.view?.private_metadata, desk.clock());
      if (who.kind === 'refused') return homes.show(body.user.id, state);
      await act({ desk, client, body, person: who.person, value: valueOf(action) });
      if (redraws) await homes.show(body.user.id, state);
    });

  const quietly = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) =>
      desk.log('open Homes could not be brought up to date', error),
    );
  };
  const requestChanged = async (requestId: string): Promise<void> => {
    const asker = await askerOf(desk.store, requestId);
    if (asker !== undefined) homes.changed(asker);
  };
  return {
    requestChanged: (requestId) => quietly(requestChanged(requestId)),
    look: () => quietly(homes.look((personIds) => sourceMarks(desk.store, personIds))),
    [Symbol.dispose]: () => homes[Symbol.dispose](),
  };
};
