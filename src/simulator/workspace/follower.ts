import type { LocalClient } from './client.ts';
import { asObject } from './json.ts';
import type { LocalMessage, LocalState, LocalView } from './protocol.ts';
import { drawContent, drawMessage, drawView, namesOf } from './transcript.ts';

/** Prints what a person gets to see after an act, until its thread has its closing reply. */
export interface Follower {
  /** Prints what is new; true once the thread has ended. */
  look: () => Promise<boolean>;
  /** What happened so far: decides whether there is anything to wait for. */
  found: () => 'nothing' | 'answer' | 'card';
}

export interface Followed {
  client: LocalClient;
  person: string;
  channel: string;
  before: Before;
  /** An older message that the act concerns; its changes are followed too. */
  about?: string;
  /** Shows the app's Home as well. */
  home?: boolean;
  print: (text: string) => void;
}

/** What was there before an act; the rest is new. */
export interface Before {
  /** The newest message of each place. */
  newest: Record<string, string>;
  modal: string;
}

/** Looks at the channel, the app's direct conversation and the open modal, before an act. */
export const lookBefore = async (
  client: LocalClient,
  person: string,
  channel: string,
): Promise<Before> => {
  const state = await client.state(person);
  const entries = placesOf(state, channel).map(async (id): Promise<[string, string]> => {
    const messages = await client.messages(person, id);
    return [id, messages.at(-1)?.ts ?? '0'];
  });
  const view = state.modals.at(-1);
  return {
    newest: Object.fromEntries(await Promise.all(entries)),
    modal: view === undefined ? '' : drawView(view, namesOf(state)),
  };
};

const placesOf = ({ channels, bot }: LocalState, channel: string): string[] => {
  const direct = channels.find(({ kind, name }) => kind === 'direct' && name === bot.name);
  return [...new Set([channel, ...(direct === undefined ? [] : [direct.id])])];
};

const hasEnded = (message: LocalMessage, person: string): boolean => {
  const payload = asObject(asObject(message.metadata)?.['event_payload']);
  const mentions = message.threadTs !== undefined && message.text.includes(`<@${person}>`);
  return payload?.['ended'] === true || mentions;
};

export const follow = ({
  client,
  person,
  channel,
  before,
  about,
  home,
  print,
}: Followed): Follower => {
  const drawn = new Map<string, string>();
  const views = new Map([['modal', before.modal]]);
  let found: ReturnType<Follower['found']> = 'nothing';

  const showMessage = (message: LocalMessage, state: LocalState): void => {
    const names = namesOf(state);
    const content = drawContent(message, names);
    const earlier = drawn.get(message.ts);
    drawn.set(message.ts, content);
    if (earlier === undefined) print(`\n${drawMessage(message, names)}`);
    else if (earlier !== content) {
      const known = new Set(earlier.split('\n'));
      const fresh = content.split('\n').filter((line) => !known.has(line) && line.trim() !== '');
      const lead = message.threadTs === undefined ? '  ' : '      ';
      if (fresh.length > 0) print(fresh.map((line) => `${lead}${line}`).join('\n'));
    }
  };

  const showView = (where: string, view: LocalView | undefined, state: LocalState): void => {
    const content = view === undefined ? '' : drawView(view, namesOf(state));
    if (content === (views.get(where) ?? '')) return;
    views.set(where, content);
    if (view === undefined) return;
    if (found === 'nothing') found = 'answer';
    print(`\n${content.replace(/^/gm, '  | ')}`);
    if (where === 'modal') print(`\n${howToContinue(view)}`);
  };

  return {
    found: () => found,
    look: async () => {
      const state = await client.state(person);
      let ended = false;
      for (const place of placesOf(state, channel)) {
        const messages = await client.messages(person, place);
        const ours = messages.filter(
          ({ ts, user }) =>
            ts === about || (user !== person && Number(ts) > Number(before.newest[place] ?? '0')),
        );
        for (const message of ours) {
          showMessage(message, state);
          if (message.ephemeral && found === 'nothing') found = 'answer';
          if (!message.ephemeral && message.user === state.bot.id) found = 'card';
          const thread = message.ephemeral ? [] : await client.messages(person, place, message.ts);
          for (const reply of thread.slice(1)) showMessage(reply, state);
          ended ||= thread.some((each) => hasEnded(each, person));
        }
      }
      showView('modal', state.modals.at(-1), state);
      if (home === true) showView('home', state.home, state);
      return ended;
    },
  };
};

const howToContinue = (view: LocalView): string =>
  view.type === 'modal' && view.submit !== undefined
    ? 'Continue with --choose "…" (of a search: with --typed "…"), --enter "Label=…", then --submit.'
    : 'Continue with --click "…".';
