import { distance } from 'fastest-levenshtein';

/** What is wrong with a value, and what to do; both are sentences for people. */
export interface Wrong {
  wrong: string;
  todo: string;
}

/** Case, spaces and dashes do not tell two names apart. */
export const fold = (text: string): string => text.toLowerCase().replace(/[\s_]+/g, '-');

/** Lines and files that this import refused: what names them is no mistake of its own. */
export interface Refusals {
  /** Remembers the line of this key; `place` is like `people.csv:3`. */
  line: (key: string, place: string) => void;
  /** Remembers a file of which nothing could be read. */
  file: (name: string) => void;
  /** Why what has this key is not known, where that is told already. */
  of: (key: string) => Wrong | undefined;
}

export const noRefusals = (): Refusals => {
  const lines = new Map<string, string>();
  let whole: string | undefined;
  return {
    line: (key, place) => void lines.set(fold(key), place),
    file: (name) => {
      whole ??= name;
    },
    of: (key) => {
      const place = lines.get(fold(key));
      if (place !== undefined)
        return { wrong: `stands on ${place}, which was refused`, todo: 'Correct that line first.' };
      return whole === undefined
        ? undefined
        : { wrong: `may stand in ${whole}, which was refused`, todo: 'Correct that file first.' };
    },
  };
};

const letters = (text: string): string => Array.from(text).toSorted().join('');

/** A slip of the fingers, and not another word: the more letters, the more of them may be wrong. */
const isSlip = (written: string, meant: string): boolean => {
  const far = distance(written, meant);
  const slips = far === 2 && letters(written) === letters(meant) ? 1 : far;
  return slips <= Math.min(2, Math.floor(written.length / 3));
};

/** Two people of one firm share the end of their addresses, so each half is judged alone. */
const isLike = (written: string, meant: string): boolean => {
  const [user = '', host] = written.split('@');
  const [otherUser = '', otherHost] = meant.split('@');
  if (host === undefined || otherHost === undefined) return isSlip(written, meant);
  const isSameUser = user === otherUser || (user.length > 3 && isSlip(user, otherUser));
  return isSameUser && (host === otherHost || isSlip(host, otherHost));
};

/** The one name that is meant; none where two are as likely. */
export const guess = (text: string, allowed: readonly string[]): string | undefined => {
  const written = fold(text);
  if (written === '') return undefined;
  const longer = allowed.filter((name) => fold(name).startsWith(`${written}-`));
  if (longer.length > 0) return longer.length === 1 ? longer[0] : undefined;
  const near = allowed
    .filter((name) => isLike(written, fold(name)))
    .map((name) => ({ name, far: distance(written, fold(name)) }))
    .toSorted((a, b) => a.far - b.far);
  const [first, second] = near;
  return first !== undefined && first.far !== second?.far ? first.name : undefined;
};

const MOST_LISTED = 12;

const listed = (allowed: readonly string[]): string =>
  allowed.length <= MOST_LISTED
    ? allowed.join(', ')
    : `${allowed.slice(0, MOST_LISTED).join(', ')} and ${allowed.length - MOST_LISTED} more`;

const PEOPLE = {
  how: 'add a line to people.csv',
  none: 'Nobody is known yet: give people.csv as well.',
};

/** What a firm may add to, each with how; the others are ours, and have no more than these. */
const ADDED: Readonly<Record<string, { how: string; none: string }>> = {
  carrier: {
    how: 'write that carrier (docs/carriers.md)',
    none: 'No carrier is loaded: the demo carriers are for the local workspace alone. docs/carriers.md says how to write one; set CARRIERS_PATH to its folder.',
  },
  status: {
    how: 'add it to statuses.csv',
    none: 'No status is known yet: give statuses.csv as well, db/seed/statuses.csv is an example.',
  },
  person: PEOPLE,
  advisor: PEOPLE,
};

/** What is said of a name that is none of `allowed`. */
export const unknown = (
  text: string,
  what: string,
  allowed: readonly string[],
  refused?: Refusals,
): Wrong => {
  const added = ADDED[what];
  if (text === '') return { wrong: 'is empty', todo: `Write a ${what}.` };
  const told = refused?.of(text);
  if (told !== undefined) return told;
  const near = guess(text, allowed);
  const wrong = `is not a known ${what}`;
  if (near !== undefined)
    return {
      wrong,
      todo: `Did you mean "${near}"?${added === undefined ? '' : ` Else ${added.how}.`}`,
    };
  if (added === undefined) return { wrong, todo: `Write one of ${listed(allowed)}.` };
  if (allowed.length === 0) return { wrong, todo: added.none };
  // Nobody looks for a colleague among a hundred addresses.
  return added === PEOPLE
    ? { wrong, todo: 'Correct the address, or add a line to people.csv.' }
    : { wrong, todo: `Known: ${listed(allowed)}. Else ${added.how}.` };
};
