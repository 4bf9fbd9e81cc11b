import type { BlockAction, SlackViewAction } from '@slack/bolt';
import type { PlainTextOption, View } from '@slack/types';
import { z } from 'zod';
import type { Person } from '#shared/access.ts';
import { ackOnceDone, gotThrough } from './ack.ts';
import { keyOf, partOf } from './act-keys.ts';
import { rememberedThread } from './answer-threads.ts';
import * as answers from './answers.ts';
import type { Answer, Asked } from './answers.ts';
import { parserOf } from './click-values.ts';
import type { SlackApp, SlackClient, SlackDeps } from './deps.ts';
import { whoIs } from './who.ts';
import { sayingModal } from './modals.ts';
import { fillModal, openModal } from './open-modal.ts';
import { sayByAddress, sayWhereAsked } from './say-by-address.ts';

/** Somebody of the firm, as Slack knows them. */
export interface By {
  actor: Person;
  slackId: string;
  client: SlackClient;
}

/** A click on a button, or on a line of a menu. */
export interface Click extends By {
  triggerId: string;
  /** Of this app. */
  app: string;
  /** Where it was clicked; the person's id where that is no channel. */
  channel: string;
  /** The thread of an answer that was clicked in one: what comes of it belongs there too. */
  thread: string | undefined;
  /** The thread that is answered in: what comes of a click may be elsewhere. */
  answeredIn: string | undefined;
  dedupeKey: string;
  /** The modal that was clicked in, or that the click has opened. */
  viewId: string | undefined;
  /** Puts another answer in the place of the one that was clicked. */
  refresh: Refresh;
}

export type Refresh = (answer: Answer) => Promise<void>;

/** What the person reads then; nothing where a card or a modal says it. */
export type ClickAct<Value = string> = (
  deps: SlackDeps,
  click: Click,
  value: Value,
) => Promise<Asked | View | undefined>;

/** `beneath` the message, `in-place` of the answer, or in a modal that opens at once. */
export type Where = 'beneath' | 'in-place' | View;

export interface ListenedClick {
  name: string | RegExp;
  where: Where;
  run: (
    deps: SlackDeps,
    click: Click,
    value: string | undefined,
  ) => Promise<Asked | View | undefined>;
}

/**
 * A click by its action id. `parse` reads the value, which is not to be trusted: where it cannot, the
 * button is of an earlier state. In a modal the view that `act` gives replaces what stood there first.
 */
export const click = <Value>(
  name: string | RegExp,
  parse: (value: string | undefined) => Value | undefined,
  act: ClickAct<Value>,
  where: Where = 'beneath',
): ListenedClick => ({
  name,
  where,
  run: (deps, clicked, text) => {
    const value = parse(text);
    return value === undefined ? Promise.resolve(answers.stale()) : act(deps, clicked, value);
  },
});

/** Of a button whose value says nothing. */
export const noValue = (): true => true;

/** What a menu offers beside a row: each line of it is a click of that name. */
export const menuLine = (name: string, value: object): string =>
  JSON.stringify({ click: name, ...value });

const MENU = /-menu:\d+$/;

const parseMenuLine = parserOf(z.object({ click: z.string() }));

const isView = (said: Asked | View): said is View => typeof said === 'object' && 'type' in said;

/** The one way to listen to clicks. */
export const listenToClicks = (
  app: SlackApp,
  deps: SlackDeps,
  clicks: readonly ListenedClick[],
): void => {
  const listen = (name: string | RegExp, chosen: (value: string) => ListenedClick | undefined) =>
    app.action<BlockAction>(name, async ({ ack, body, action, client, respond }) => {
      const value = valueOf(action);
      const clicked = chosen(value ?? '');
      const opens = typeof clicked?.where === 'object' ? clicked.where : undefined;
      const place = containerOf(body);
      let viewId = body.view?.id;
      const put = async (replace: boolean, answer: Answer): Promise<void> => {
        const say = (said: Answer) =>
          respond({
            // A message in the direct messages stays one when another takes its place.
            response_type: replace && place.is_ephemeral === false ? 'in_channel' : 'ephemeral',
            replace_original: replace,
            ...(place.thread_ts === undefined ? {} : { thread_ts: place.thread_ts }),
            ...said,
          });
        const { channel_id: channel = body.user.id, thread_ts: thread } = place;
        const to = { channel, thread, slackId: body.user.id };
        await sayByAddress(deps.teller, to, answer, say, { replaces: replace });
      };
      const refresh = async (answer: Answer): Promise<void> => {
        if (body.channel !== undefined) await put(true, answer);
      };
      const said = await ackOnceDone(ack, async () => {
        // Nothing opens for somebody of another workspace.
        if (opens !== undefined && (body.team?.id ?? deps.teamId) !== deps.teamId) return undefined;
        if (opens !== undefined) viewId = await openNow(client, body, opens);
        const who = await whoIs(deps, client, { userId: body.user.id, userTeam: body.team?.id });
        if (who.kind === 'refused') return answers.refusal(who.why);
        if (clicked === undefined) return answers.stale();
        const by = { actor: who.person, slackId: body.user.id, client };
        return clicked.run(
          deps,
          {
            ...by,
            triggerId: body.trigger_id,
            app: body.api_app_id,
            channel: body.channel?.id ?? body.user.id,
            thread: answerThread(place),
            answeredIn: place.thread_ts,
            dedupeKey: keyOf(partOf(body)) ?? '',
            viewId,
            refresh,
          },
          value,
        );
      });
      if (said === undefined || said === 'modal') return;
      if (isView(said) || opens !== undefined) {
        const view = isView(said) ? said : { ...(opens ?? sayingModal()), blocks: said.blocks };
        if (viewId !== undefined) await fillModal(client, viewId, view);
      } else if (clicked?.where === 'in-place') await refresh(said);
      else if (body.channel !== undefined) await put(false, said);
      // From Home there is no place beneath.
      else await openModal(client, body.trigger_id, sayingModal(...said.blocks));
    });
  for (const each of clicks) listen(each.name, () => each);
  listen(MENU, (value) => {
    const named = parseMenuLine(value)?.click;
    return clicks.find(({ name }) => name === named);
  });
};

const parseContainer = z.object({
  message_ts: z.string().optional(),
  channel_id: z.string().optional(),
  thread_ts: z.string().optional(),
  is_ephemeral: z.boolean().optional(),
});

/** Where the message is that was clicked in. */
const containerOf = ({ container }: BlockAction): z.infer<typeof parseContainer> =>
  parseContainer.safeParse(container).data ?? {};

const answerThread = ({
  is_ephemeral,
  thread_ts,
  channel_id: channel,
  message_ts: ts,
}: z.infer<typeof parseContainer>): string | undefined => {
  if (is_ephemeral !== true) return undefined;
  return thread_ts ?? (channel && ts ? rememberedThread(channel, ts) : undefined);
};

const valueOf = (action: BlockAction['actions'][number]): string | undefined => {
  if (action.type === 'button') return action.value;
  return action.type === 'overflow' ? action.selected_option.value : undefined;
};

/** A trigger lives three seconds. In a modal, it goes on top of that one. */
const openNow = (client: SlackClient, body: BlockAction, view: View) =>
  openModal(client, body.trigger_id, view, body.view?.type === 'modal' ? 'push' : 'open');

/** A modal that was submitted. */
export interface Submission extends By {
  viewId: string;
  callbackId: string;
  /** What a field holds, by its block and its action id. */
  field: (block: string, action?: string) => Field;
  /** By block and action id, for fields whose names are not known before. */
  values: Readonly<Record<string, Readonly<Record<string, Field>>>>;
}

export interface Field {
  value?: string | null | undefined;
  selected_option?: { value: string } | null | undefined;
  selected_options?: readonly { value: string }[] | null | undefined;
  selected_user?: string | null | undefined;
  selected_users?: readonly string[] | null | undefined;
  /** Epoch seconds. */
  selected_date_time?: number | null | undefined;
}

/**
 * What becomes of the modal: it closes, another view takes its place, or an error is said beneath a
 * block of it. `after` is done when Slack was answered.
 */
export interface Submitted {
  error?: { block?: string; answer: Answer };
  view?: View;
  after?: () => Promise<void>;
}

export interface ListenedSubmission {
  callbackId: string | RegExp;
  /** The block beneath which it is said that somebody is refused, or that the modal is too old. */
  block: string | ((view: SlackViewAction['view']) => string);
  run: (deps: SlackDeps, submission: Submission, metadata: string) => Promise<Submitted>;
}

/** A submission by its callback id; `parse` reads the modal's metadata, as a click's value. */
export const submission = <Value>(
  callbackId: string | RegExp,
  block: ListenedSubmission['block'],
  parse: (metadata: string) => Value | undefined,
  act: (deps: SlackDeps, submitted: Submission, value: Value) => Promise<Submitted>,
): ListenedSubmission => ({
  callbackId,
  block,
  run: (deps, submitted, metadata) => {
    const value = parse(metadata);
    return value === undefined
      ? Promise.resolve({ error: { answer: answers.tooOld() } })
      : act(deps, submitted, value);
  },
});

/** The one way to listen to submitted modals. */
export const listenToSubmissions = (
  app: SlackApp,
  deps: SlackDeps,
  submissions: readonly ListenedSubmission[],
): void => {
  for (const { callbackId, block, run } of submissions)
    app.view(callbackId, async ({ ack, body, view, client }) => {
      const { values } = view.state as { values: Submission['values'] };
      const submit = async (): Promise<Submitted> => {
        const who = await whoIs(deps, client, { userId: body.user.id, userTeam: body.team?.id });
        return who.kind === 'refused'
          ? { error: { answer: answers.refusal(who.why) } }
          : run(
              deps,
              {
                actor: who.person,
                slackId: body.user.id,
                client,
                viewId: view.id,
                callbackId: view.callback_id,
                field: (name, action = name) => values[name]?.[action] ?? {},
                values,
              },
              view.private_metadata,
            );
      };
      const usual = typeof block === 'string' ? block : block(view);
      const {
        error,
        view: instead,
        after,
      } = await submit().catch(async (failure: unknown) => {
        await ack(answers.asError(usual, answers.say(answers.DID_NOT_WORK)));
        throw failure;
      });
      const answer =
        error === undefined
          ? instead && { response_action: 'update' as const, view: instead }
          : answers.asError(error.block ?? usual, error.answer);
      await gotThrough(answer === undefined ? ack() : ack(answer));
      await after?.();
    });
};

/** What is offered as somebody types into a menu of that action id. */
export type Search = (deps: SlackDeps, by: By, typed: string) => Promise<PlainTextOption[]>;

export const listenToSearches = (
  app: SlackApp,
  deps: SlackDeps,
  searches: Readonly<Record<string, Search>>,
): void => {
  for (const [name, search] of Object.entries(searches))
    app.options(name, async ({ ack, body, client, payload }) => {
      const slackId = body.user.id;
      const find = async (): Promise<PlainTextOption[]> => {
        const who = await whoIs(deps, client, { userId: slackId, userTeam: body.team?.id });
        return who.kind === 'refused'
          ? []
          : search(deps, { actor: who.person, slackId, client }, payload.value);
      };
      const options = await find().catch(async (failure: unknown) => {
        await ack({ options: [] });
        throw failure;
      });
      await ack({ options });
    });
};

/** Shows an answer where something was asked for; one that cannot be shown is logged. */
export const tell = async (
  { log, teller }: Pick<SlackDeps, 'log' | 'teller'>,
  { slackId }: Pick<By, 'slackId'>,
  { channel, thread }: { channel: string; thread?: string | undefined },
  answer: Answer,
): Promise<void> => {
  await sayWhereAsked(teller, { slackId, channel, thread }, answer).catch((error: unknown) =>
    log('an answer could not be shown', error),
  );
};
