import type { KnownBlock } from '@slack/types';
import { changesOf } from './changes.ts';
import { directoryOf } from './directory.ts';
import { asText } from './json.ts';
import type {
  ActAnswer,
  ActionAct,
  Faults,
  LocalMessage,
  LocalState,
  LocalView,
  LoggedCall,
  OptionsAnswer,
  StepAct,
  SubmitAct,
} from './protocol.ts';
import {
  byLabel,
  elementsIn,
  fits,
  isLabelled,
  lists,
  namesOn,
  optionCalled,
  optionsOf,
  type Labelled,
  type Target,
} from './targets.ts';
import { drawMessages, drawView, namesOf } from './transcript.ts';

export interface Waiting<T> {
  as: string;
  /** What is waited for, as the error says it: "the card to say Success". */
  what: string;
  /** Gives the value when it is there; asked again after each change. */
  read: () => Promise<T | undefined>;
  /** What was seen instead, for the error. */
  seen?: () => Promise<string>;
  /** Default 20,000. */
  ms?: number;
}

export interface MessageWaiting {
  as: string;
  channel: string;
  thread?: string;
  what: string;
  that: (message: LocalMessage) => boolean;
  ms?: number;
}

const DEFAULT_WAIT_MS = 20_000;
/** A machine may be too busy for an answer within the 3 s that Slack gives one. */
const MOST_TYPINGS = 5;

/** A person is named by id or handle (`ana`), a channel by id or name (`team`, `#team`, `dm`). */
export interface LocalClient {
  state: (as: string) => Promise<LocalState>;
  messages: (as: string, channel: string, thread?: string) => Promise<LocalMessage[]>;
  command: (as: string, channel: string, text: string) => Promise<ActAnswer>;
  post: (as: string, channel: string, text: string, threadTs?: string) => Promise<ActAnswer>;
  click: (target: Target) => Promise<ActAnswer>;
  /**
   * Chooses an option by its text, a part of it or its value; of an external select, after typing
   * `typed`. Dates and picked people are given as `option` too.
   */
  choose: (target: Target & { option: string; typed?: string }) => Promise<ActAnswer>;
  /** Uses a shortcut by its name or callback_id; a message one on the message of `ts`. */
  shortcut: (use: {
    as: string;
    name: string;
    on?: { channel: string; ts: string };
  }) => Promise<ActAnswer>;
  /** Runs a workflow of one step; `ts` of the answer is the execution's id. */
  runStep: (act: StepAct) => Promise<ActAnswer>;
  options: (target: Target & { typed: string }) => Promise<OptionsAnswer['options']>;
  /** Submits the top modal; values by block_id and action_id, or by the label of an input. */
  submit: (as: string, values?: SubmitAct['values'] | Labelled) => Promise<ActAnswer>;
  closeModal: (as: string) => Promise<ActAnswer>;
  openHome: (as: string) => Promise<ActAnswer>;
  faults: (faults: Faults) => Promise<void>;
  calls: () => Promise<LoggedCall[]>;
  waitFor: <T>(waiting: Waiting<T>) => Promise<T>;
  waitForMessage: (waiting: MessageWaiting) => Promise<LocalMessage>;
  waitForModal: (
    as: string,
    that?: (view: LocalView) => boolean,
    ms?: number,
  ) => Promise<LocalView>;
  /** A channel or thread as plain text. */
  transcript: (as: string, channel: string, thread?: string) => Promise<string>;
  /** Ids of a person and a channel by what people call them. Throws when there is none. */
  resolve: (as: string, channel: string) => Promise<{ person: string; channel: string }>;
}

/** Speaks the /local API of a running workspace. Every method rejects when it does not answer. */
export const connectClient = (url: string): LocalClient => {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const send = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  const stateOf = (id: string): Promise<LocalState> => get(`/local/state?as=${id}`);
  const { personId, channelId } = directoryOf(stateOf);
  const messages = async (as: string, channel: string, thread?: string) => {
    const person = await personId(as);
    const place = await channelId(person, channel);
    const rest = thread === undefined ? '' : `&thread=${thread}`;
    return get<LocalMessage[]>(`/local/messages?as=${person}&channel=${place}${rest}`);
  };
  const transcript = async (as: string, channel: string, thread?: string): Promise<string> => {
    const state = await stateOf(await personId(as));
    return drawMessages(await messages(as, channel, thread), namesOf(state));
  };

  const placeOf = async (
    target: Target,
  ): Promise<{ on: ActionAct['on']; blocks: KnownBlock[] }> => {
    const person = await personId(target.as);
    if (target.channel !== undefined && target.ts !== undefined) {
      const channel = await channelId(person, target.channel);
      const all = await messages(person, channel);
      const found =
        all.find(({ ts }) => ts === target.ts) ??
        (await inThreads(person, channel, all)).find(({ ts }) => ts === target.ts);
      if (found === undefined) throw new Error(`There is no message ${target.ts} in ${channel}.`);
      return { on: { channel, ts: found.ts }, blocks: found.blocks };
    }
    const { modals, home } = await stateOf(person);
    const view = target.home === true ? home : modals.at(-1);
    if (view === undefined)
      throw new Error(target.home === true ? 'There is no Home yet.' : 'No modal is open.');
    return { on: { view: view.id }, blocks: view.blocks as KnownBlock[] };
  };
  const inThreads = async (person: string, channel: string, roots: LocalMessage[]) =>
    (
      await Promise.all(
        roots
          .filter(({ replyCount }) => replyCount > 0)
          .map(({ ts }) => messages(person, channel, ts)),
      )
    ).flat();

  const find = async (target: Target & { option?: string }) => {
    const { on, blocks } = await placeOf(target);
    const all = elementsIn(blocks);
    const found = all.find(({ element }) => fits(element, target));
    if (found === undefined)
      throw new Error(
        `There is no ${target.actionId ?? `[${target.text ?? target.option ?? ''}]`} here, only ${
          all
            .map(({ element }) => `[${namesOn(element)[0] ?? asText(element['action_id'])}]`)
            .join(' ') || 'text'
        }.`,
      );
    const actionId = asText(found.element['action_id']);
    return { as: await personId(target.as), on, actionId, ...found };
  };

  const waitFor = async <T>({
    as,
    what,
    read,
    seen,
    ms = DEFAULT_WAIT_MS,
  }: Waiting<T>): Promise<T> => {
    const deadline = AbortSignal.timeout(ms);
    const changes = changesOf(`${url}/local/events?as=${await personId(as)}`, deadline);
    try {
      // The stream is open before the first look, so that no change falls between the two.
      for await (const _ of changes) {
        const value = await read();
        if (value !== undefined) return value;
      }
    } catch (error) {
      if (!deadline.aborted) throw error;
    }
    const instead = seen === undefined ? '' : `\nSeen instead:\n${await seen()}`;
    throw new Error(`Waited ${ms / 1000} s for ${what}.${instead}`);
  };

  const topModal = async (as: string): Promise<LocalView | undefined> =>
    (await stateOf(await personId(as))).modals.at(-1);

  const suggested = async (target: Target & { typed: string }): Promise<OptionsAnswer> => {
    const { as, on, blockId, actionId } = await find(target);
    const body = { as, on, blockId, actionId, typed: target.typed };
    return send<OptionsAnswer>('/local/options', body);
  };

  /** Who sees no list, as no answer came in time, types the same again. */
  const listedFor = async (
    target: Target & { typed: string },
  ): Promise<OptionsAnswer['options']> => {
    let answer = await suggested(target);
    for (let again = 1; again < MOST_TYPINGS && answer.problem !== undefined; again += 1)
      answer = await suggested(target);
    if (answer.problem !== undefined)
      throw new Error(
        `${MOST_TYPINGS} times there was no list for "${target.typed}": ${answer.problem}`,
      );
    return answer.options;
  };

  return {
    state: async (as) => stateOf(await personId(as)),
    messages,
    transcript,
    resolve: async (as, channel) => {
      const person = await personId(as);
      return { person, channel: await channelId(person, channel) };
    },
    command: async (as, channel, text) => {
      const person = await personId(as);
      const place = await channelId(person, channel);
      return send('/local/command', { as: person, channel: place, text });
    },
    post: async (as, channel, text, threadTs) => {
      const person = await personId(as);
      const place = await channelId(person, channel);
      return send('/local/post', { as: person, channel: place, text, threadTs });
    },
    click: async (target) => {
      const { as, on, blockId, actionId } = await find(target);
      return send('/local/action', { as, on, blockId, actionId });
    },
    shortcut: async ({ as, name, on }) => {
      const person = await personId(as);
      const { shortcuts } = await stateOf(person);
      const type = on === undefined ? 'global' : 'message';
      const found = shortcuts.find(
        (each) => each.type === type && (each.name === name || each.callbackId === name),
      );
      if (found === undefined)
        throw new Error(
          `There is no ${type} shortcut ${name}, only ${shortcuts.map((each) => each.name).join(' | ') || 'none'}.`,
        );
      return send('/local/shortcut', {
        as: person,
        callbackId: found.callbackId,
        ...(on === undefined
          ? {}
          : { message: { channel: await channelId(person, on.channel), ts: on.ts } }),
      });
    },
    runStep: async ({ as, channel, ...act }) => {
      const person = await personId(as);
      return send('/local/step', {
        ...act,
        as: person,
        channel: await channelId(person, channel),
      });
    },
    options: async (target) => (await suggested(target)).options,
    choose: async ({ option, typed, ...target }) => {
      const { as, on, blockId, actionId, element } = await find({ option, ...target });
      const listed =
        typed === undefined ? optionsOf(element) : await listedFor({ ...target, actionId, typed });
      const found = optionCalled(listed, option);
      if (found === undefined && lists(element))
        throw new Error(
          `There is no option ${option}, only ${listed.map(({ text }) => text).join(' | ') || 'none'}.`,
        );
      return send('/local/action', { as, on, blockId, actionId, value: found?.value ?? option });
    },
    submit: async (as, values = {}) => {
      const person = await personId(as);
      const view = await topModal(person);
      if (view === undefined) throw new Error('No modal is open.');
      const entered = isLabelled(values) ? byLabel(view, values) : values;
      return send('/local/submit', { as: person, view: view.id, values: entered });
    },
    closeModal: async (as) => {
      const person = await personId(as);
      const view = await topModal(person);
      if (view === undefined) throw new Error('No modal is open.');
      return send('/local/close', { as: person, view: view.id });
    },
    openHome: async (as) => send('/local/home', { as: await personId(as) }),
    faults: async (faults) => {
      await send('/local/faults', faults);
    },
    calls: () => get('/local/calls'),
    waitFor,
    waitForMessage: ({ as, channel, thread, what, that, ms }) =>
      waitFor({
        as,
        what,
        read: async () => (await messages(as, channel, thread)).find(that),
        seen: () => transcript(as, channel, thread),
        ...(ms === undefined ? {} : { ms }),
      }),
    waitForModal: (as, that = () => true, ms) =>
      waitFor({
        as,
        what: 'a modal',
        read: async () => {
          const view = await topModal(as);
          return view !== undefined && that(view) ? view : undefined;
        },
        seen: async () => {
          const view = await topModal(as);
          return view === undefined
            ? 'no modal'
            : drawView(view, namesOf(await stateOf(await personId(as))));
        },
        ...(ms === undefined ? {} : { ms }),
      }),
  };
};
