import * as answers from './answers.ts';
import type { Asked, HelpLine } from './answers.ts';
import { searchWords } from '#shared/search-words.ts';
import { isCourtesy, isGreeting, parseSpoken, slipOf, type Spoken } from './command-text.ts';
import type { SlackDeps, SlackClient } from './deps.ts';
import type { By } from './listen.ts';
import { isSharedOutside } from './origin.ts';
import { whoIs } from './who.ts';

/** Who typed something, and where: after the command, in a direct message, or with a mention. */
export interface Typed extends By {
  channel: string;
  /** The thread it was typed in, and so the place of its answer and its card. */
  thread: string | undefined;
  /** Of a message there is none: nothing can open for it, so a button is offered that opens it. */
  triggerId: string | undefined;
  /** Business key of the Slack event, so that a repeated envelope makes one request. */
  dedupeKey: string;
  team: string;
  /** Of this app, for the address of its Home. */
  app: string;
}

/** An answer, and the request that stands then: its card goes where it may, wherever this was typed. */
export interface Ran {
  answer: Asked;
  requestId?: string;
}

/** A command by its first word. `rest` is what was typed after it. */
export interface Command {
  /** Nothing where these words after the first one say nothing to it: they may be plain words then. */
  run: (deps: SlackDeps, typed: Typed, rest: string) => Promise<Asked | Ran | undefined>;
  /**
   * What a channel that is shared with another company gets of it. Unsaid it is not run there, as its
   * answer names clients. `answer`: that names none. `card`: its card goes elsewhere by itself and its
   * modal is the person's own, so it is run, and only its answer is withheld.
   */
  outside?: 'answer' | 'card';
  /** What says nothing to it is read as if it stood without the command. */
  orPlainWords?: true;
  /** It takes no words. What to type instead, told whoever types some, as nothing is left out unsaid. */
  alone?: (command: string) => string;
  /** Somebody of the book may be called so, and then that is what is meant. */
  unlessName?: true;
  /** Another word for one that has its own: no mistyped word is taken for it. */
  asTyped?: true;
  /** Said anywhere in plain words it is what is meant, whatever number stands beside it. */
  among?: RegExp;
  /** What `help` shows of it: what to type, and what that does. */
  help?: readonly HelpLine[];
}

export type Commands = Readonly<Record<string, Command>>;

/** What is typed without a command: a number, several, a name. */
export interface PlainWords extends Pick<Command, 'run'> {
  /** Whether somebody of the person's book is called so, by whole words: then it is no slip of a command. */
  isName: (deps: SlackDeps, by: By, words: string) => Promise<boolean>;
}

/** Before it is asked who somebody is: an empty firm knows nobody yet. */
export type BeforeWho = (
  deps: SlackDeps,
  client: SlackClient,
  word: string,
  act: { userId: string; userTeam: string | undefined },
) => Promise<void>;

export interface Heard {
  commands: Commands;
  plainWords: PlainWords;
  beforeWho: BeforeWho;
}

/** Where something was typed, before it is known who did. */
export type Words = Omit<Typed, 'actor'> & { userTeam: string | undefined };

export type Speak = (words: Words, text: string) => Promise<Asked>;

/** Typed by who knows no command yet. */
const HELP = /^(?:help|\?+|commands|menu)$/;

/** The one reading of what people type, wherever they type it. */
export const speakWith = (deps: SlackDeps, { commands, plainWords, beforeWho }: Heard): Speak => {
  const { command: name } = deps.settings;
  const help = Object.values(commands).flatMap((each) => each.help ?? []);

  const words = Object.keys(commands).filter((word) => commands[word]?.asTyped !== true);

  /** The one way to run what was typed, so that no answer passes by the look at its channel. */
  const runHere = async (
    { run, outside }: Pick<Command, 'run' | 'outside'>,
    typed: Typed,
    rest: string,
  ): Promise<Asked | undefined> => {
    if (outside === 'answer') return answerOf(await run(deps, typed, rest));
    const look = () => isSharedOutside(deps, typed.client, typed.channel);
    if (outside === undefined)
      return (await look()) ? answers.notInSharedChannel() : answerOf(await run(deps, typed, rest));
    // Its request is written down before Slack is asked anything.
    const ran = await run(deps, typed, rest);
    const answer = answerOf(ran);
    if (answer === undefined || answer === 'modal' || !(await look())) return answer;
    return hasRequest(ran) ? answers.cardNotHere() : answers.notInSharedChannel();
  };

  /** With what it takes no notice of, before what it answers. */
  const runAsked = (command: Command, typed: Typed, word: string, rest: string) =>
    runHere(
      {
        ...command,
        run: async (...asked) => {
          const ran = await command.run(...asked);
          const answer = answerOf(ran);
          if (command.alone === undefined || isCourtesy(rest)) return ran;
          return answer === undefined || answer === 'modal' || isRan(ran)
            ? ran
            : answers.after(answers.leftOut(rest, `${name} ${word}`, command.alone(name)), answer);
        },
      },
      typed,
      rest,
    );

  /** The command that these plain words name; a word in the name of a client, without a number, names none. */
  const amongPlain = async (typed: Typed, text: string): Promise<Command | undefined> => {
    for (const command of Object.values(commands)) {
      const said = command.among?.exec(text)?.[0];
      if (said === undefined) continue;
      if (/\p{Nd}/u.test(text) || !(await plainWords.isName(deps, typed, said))) return command;
    }
    return undefined;
  };

  const runPlain = async (typed: Typed, text: string): Promise<Asked | undefined> =>
    runHere(
      (await amongPlain(typed, text)) ?? { run: plainWords.run, outside: 'card' },
      typed,
      text,
    );

  const carryOut = async (typed: Typed, spoken: Spoken): Promise<Asked> => {
    if (spoken.kind === 'too-long') return answers.tooLong(name, spoken.length);
    const { text, word: said, rest } = spoken;
    const word = said.toLowerCase().replaceAll('\u2019', "'");
    if (HELP.test(word)) return answers.help(name, help, searchWords(rest));
    const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
    if (command === undefined && isGreeting(text) && !(await plainWords.isName(deps, typed, text)))
      return answers.help(name, help);
    const named =
      command?.unlessName === true && (await plainWords.isName(deps, typed, said))
        ? await runPlain(typed, text)
        : undefined;
    if (named !== undefined) return named;
    if (command !== undefined)
      return (
        (await runAsked(command, typed, word, rest)) ??
        (command.orPlainWords === true ? await runPlain(typed, rest) : undefined) ??
        answers.unknownCommand(name, help, `${said} ${rest}`.trim())
      );
    // "TERM#00123" is no "team".
    const meant = /^\S*\p{Nd}/u.test(text) ? undefined : slipOf(word, words);
    const near = meant === undefined ? undefined : commands[meant];
    if (
      meant !== undefined &&
      near !== undefined &&
      !(await plainWords.isName(deps, typed, said))
    ) {
      const answer = await runAsked(near, typed, meant, rest);
      if (answer !== undefined) return corrected(said, meant, answer);
    }
    return (await runPlain(typed, text)) ?? answers.unknownCommand(name, help, text);
  };

  return async ({ userTeam, ...words }, text) => {
    const act = { userId: words.slackId, userTeam };
    const spoken = parseSpoken(text, name);
    if (spoken.kind === 'words')
      await beforeWho(deps, words.client, spoken.word.toLowerCase(), act);
    const who = await whoIs(deps, words.client, act);
    return who.kind === 'refused'
      ? answers.refusal(who.why)
      : carryOut({ ...words, actor: who.person }, spoken);
  };
};

const isRan = (ran: Asked | Ran | undefined): ran is Ran =>
  typeof ran === 'object' && 'answer' in ran;

const answerOf = (ran: Asked | Ran | undefined): Asked | undefined =>
  isRan(ran) ? ran.answer : ran;

const hasRequest = (ran: Asked | Ran | undefined): boolean =>
  isRan(ran) && ran.requestId !== undefined;

/** A slip is understood, and said. */
const corrected = (said: string, meant: string, answer: Asked): Asked => {
  const read = `I read \`${answers.quoted(said)}\` as \`${meant}\`.`;
  return answer === 'modal'
    ? answers.say(`${read} The window is open.`)
    : answers.after(read, answer);
};
