import { CASES } from './portals/cases.ts';

/** The places outside of Slack, as an address of the page names them. */
export const LOGINS = 'logins';
export const PHONE = 'phone';

/** By the id of a window, where that is found which it asks for. */
export const FOUND_IN: Readonly<Record<string, { words: string; name: string; in: string }>> = {
  link: {
    words: 'In this local workspace, user name and password are in',
    name: 'Sandbox logins',
    in: LOGINS,
  },
  'enter-code': {
    words: 'In this local workspace, the code arrives on the',
    name: 'Phone',
    in: PHONE,
  },
};

export interface Step {
  title: string;
  about: string;
  as: string;
  /** Their first name. */
  who: string;
  command: string;
  /** It is done when its card has ended, or with the answer to the command. */
  endsWith: 'card' | 'answer';
  /** Where what the step asks for is found. */
  places?: { text: string; in: string }[];
}

const policy = ({ as, number }: { as: string; number: string }) => ({
  as,
  command: `/sync policy ${number}`,
  endsWith: 'card' as const,
});

/** What somebody who sees this for the first time may try, in the page and by what a start prints. */
export const FIRST_STEPS: readonly Step[] = [
  {
    title: 'Sync a policy',
    about: "The carrier's value of today comes into the thread, ahead of the day's work.",
    who: 'Ana',
    ...policy(CASES.changed),
  },
  {
    title: 'Link a login',
    about: 'This login is unlinked. Click Link on the card, and the sync starts by itself.',
    who: 'Ben',
    ...policy(CASES.singleUnlinked),
    places: [
      { text: 'Its user name and password', in: LOGINS },
      { text: 'The code it is sent', in: PHONE },
    ],
  },
  {
    title: 'Sync a number that the carrier does not know',
    about: 'Two searches find nothing: the thread says why, and what to do next.',
    who: 'Ana',
    ...policy(CASES.mistyped),
  },
  {
    title: 'Read the day so far',
    about: 'What synced, what did not and why, and what needs a person.',
    as: 'UMARCUS01',
    who: 'Marcus',
    command: '/sync digest',
    endsWith: 'answer',
  },
];

/** Whether this card, as it is read aloud, is of the step's policy and says how it ended. */
export const hasEnded = ({ command }: Step, text: string): boolean =>
  /^(Success|Not Found|Failed(?! for now)|Cancelled)\b/.test(text) &&
  text.includes(command.split(' ').at(-1) ?? command);

const NUMBERS = ['One thing', 'Two things', 'Three things', 'Four things', 'Five things'];

/** "Four things to try, each a click" */
export const TO_TRY = `${NUMBERS[FIRST_STEPS.length - 1] ?? 'Things'} to try, each a click`;
