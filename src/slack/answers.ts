import { searchWords } from '#shared/search-words.ts';
import { context, cut, escape, section, type KnownBlock } from './blocks.ts';
import { spoken } from './spoken.ts';

/** An answer that only the person sees. */
export interface Answer {
  text: string;
  blocks: KnownBlock[];
}

export const say = (text: string, ...more: KnownBlock[]): Answer =>
  spoken([section(text), ...more]);

/** The same in a modal, beneath the block it is about; Slack takes no markup there. */
export const asError = (block: string, { text }: Answer) => ({
  response_action: 'errors' as const,
  errors: { [block]: text.replaceAll(/[*`]/g, '').slice(0, 500) },
});

const MOST_BLOCKS = 50;

/** Slack has perhaps shown it before. */
export const mayBeTwice = (answer: Answer): Answer =>
  answer.blocks.length < MOST_BLOCKS
    ? spoken([
        ...answer.blocks,
        context('Slack did not confirm it the first time, so it may be here twice.'),
      ])
    : answer;

/** What was done before comes first. */
export const after = (text: string, then: Answer): Answer =>
  spoken([section(text), ...then.blocks]);
export type HelpLine = readonly [typed: string, does: string];

/** Of somebody who asks about a word, the lines that have it, where there are any. */
export const help = (
  command: string,
  lines: readonly HelpLine[],
  about: readonly string[] = [],
): Answer => {
  const sought = about.filter(({ length }) => length > 2);
  const found = lines.filter((line) => {
    const said = searchWords(line.join(' '));
    return sought.some((word) => said.some((each) => each.startsWith(word)));
  });
  const shown = found.length > 0 ? found : lines;
  return say(
    [
      "*Today's values, straight from the carrier.*",
      ...shown.map(([typed, does]) => `\`${command} ${typed}\`  ${does}`),
      ...(found.length > 0
        ? [`\`${command} help\`  everything there is`]
        : [
            '_Sync policies in this_  in the menu of any message: the policies it names',
            `\`${command} help\`  show this`,
          ]),
    ].join('\n'),
    context(
      'A card follows the sync to its end, and I mention you in its thread then. Commands do not work inside threads; buttons do, and so does that menu.',
    ),
  );
};

/** Before the answer of a command that takes no words. */
export const leftOut = (typed: string, asked: string, instead: string): string =>
  `I left out \`${quoted(typed)}\`: \`${asked}\` ${instead}`;

export const unknownCommand = (
  command: string,
  lines: readonly HelpLine[],
  word: string,
): Answer => {
  const shown = quoted(word);
  const base = help(command, lines);
  return spoken([
    section(`I don't know \`${shown}\`: it is no command, and no policy or contact in your book.`),
    ...base.blocks,
  ]);
};

export const historyOfWhat = (command: string): Answer =>
  say(`Which policy? Type \`${command} history\` and its number, or the name of the contact.`);

/** Values stay out of a channel in which another company sits, even where only one person reads. */
export const notInSharedChannel = (): Answer =>
  say(
    "I show no values in a channel that is shared with another company, or that I can't look into. Ask me in a direct message.",
  );

/** Of a sync that was asked for there all the same. */
export const cardNotHere = (): Answer =>
  say(
    "The card is in our direct messages. I name no client in a channel that is shared with another company, or that I can't look into.",
  );

export const tooLong = (command: string, length: number): Answer =>
  say(
    `That is ${length.toLocaleString('en-US')} characters, and no policy number is that long. Perhaps the clipboard held something else? Type \`${command} policy\` and the number.`,
  );

export const refusal = (why: string): Answer => say(`:no_entry: ${why}`);

/** Another person's id in a value, a policy outside the book: not told apart, so nothing leaks. */
export const notYours = (): Answer =>
  refusal('That is not in your book. Ask its advisor, or a manager at your firm.');
/** A login of another person, or one that is gone: not told apart either. */
export const notYourLogin = (): Answer =>
  refusal('That login is not yours to change. Ask its holder, or a manager at your firm.');

export const stale = (): Answer => say('That button is out of date. Use the newest card.');

/** Of a modal, as `stale` of a button. */
export const tooOld = (): Answer => say('This window is out of date. Run the command again.');
/** `modal`: a picker was opened, nothing else is to be said. */
export type Asked = Answer | 'modal';

/** What somebody typed, between backquotes of ours. */
export const quoted = (text: string): string => escape(cut(text, 40)).replaceAll('`', "'");

/** Where a Link button would be, of an installation without a link page. */
export const LINKING_OFF =
  'Linking is off: Swivel Sync has no public address yet (PUBLIC_URL). Ask your Swivel Sync admin.';

/** To whoever pressed or typed what then failed for a reason of ours. */
export const DID_NOT_WORK =
  'That did not work just now: something did not answer. Try again in a minute.';
