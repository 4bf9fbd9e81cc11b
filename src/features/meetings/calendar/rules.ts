import { isNamed, searchWords, spacedWords } from '#shared/search-words.ts';
import type { Occurrence } from './occurrences.ts';

/** Who of the book could be meant. */
export interface Known {
  id: string;
  name: string;
  email: string | null;
  kind: string;
}

/** `doubt`: it names no one of these beyond doubt, so its person says whom it means. */
export type Meant = { kind: 'sure' | 'doubt'; contacts: string[] } | undefined;

/** A shorter last name is a word like any other. */
const SHORTEST_LAST_NAME = 4;
/** Of more than this a person would not choose by a button. */
const MOST_IN_DOUBT = 5;

const lastName = (name: string): string => searchWords(name).at(-1) ?? '';

/**
 * Whom an event means. By the e-mail address of who is invited, or by the whole name: beyond doubt,
 * unless two of the book are called so. By the last name alone, in its title: a question.
 */
export const meantBy = (event: Occurrence, book: readonly Known[]): Meant => {
  const invited = event.attendees.map((each) => each.toLowerCase().split(/\s+/)).flat();
  const byAddress = book.filter(
    ({ email }) => email !== null && invited.includes(email.toLowerCase()),
  );
  const spoken = [event.title, ...event.attendees].map(spacedWords);
  const described = spacedWords(event.description);
  const whole = book.filter(({ name }) => spoken.some((text) => isNamed(text, name)));
  const named = whole.length > 0 ? whole : book.filter(({ name }) => isNamed(described, name));
  const nameOf = ({ name }: Known): string => searchWords(name).join(' ');
  const twins = named.filter(
    (one) =>
      !byAddress.some((sure) => nameOf(sure) === nameOf(one)) &&
      named.some((other) => other.id !== one.id && nameOf(other) === nameOf(one)),
  );
  const sure = new Set(
    [...byAddress, ...named.filter((one) => !twins.includes(one))]
      .filter(
        (one) => byAddress.includes(one) || !byAddress.some((by) => nameOf(by) === nameOf(one)),
      )
      .map(({ id }) => id),
  );
  if (sure.size > 0) return { kind: 'sure', contacts: [...sure] };
  const title = spacedWords(event.title);
  const guessed =
    twins.length > 0
      ? twins
      : book.filter(({ name, kind }) => {
          // The last word of an organization is "Trust" or "Ltd".
          if (kind !== 'individual') return false;
          const last = lastName(name);
          return last.length >= SHORTEST_LAST_NAME && title.includes(` ${last} `);
        });
  return guessed.length === 0 || guessed.length > MOST_IN_DOUBT
    ? undefined
    : { kind: 'doubt', contacts: guessed.map(({ id }) => id) };
};
