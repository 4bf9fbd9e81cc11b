import { searchWords } from '#shared/search-words.ts';
import { readings } from '#slack/command-text.ts';
import type { LoginSource } from './store/login-sources.ts';

/** Around the name of a login, and no part of it. */
const AROUND = new Set(
  'a account add an at carrier carriers for in link log login logins my new of on our portal relink remove rename share source sources the to unlink with'.split(
    ' ',
  ),
);

/** What of the words names a login: none where they name none, as in "my login". */
export const loginWords = (typed: string): string[] =>
  searchWords(readings(typed).at(-1) ?? '').filter((word) => !AROUND.has(word));

/** The logins whose name, with that of their carrier, has each of these words. */
export const namedLogins = (sources: readonly LoginSource[], words: readonly string[]) =>
  sources.filter((source) => {
    const name = searchWords(`${source.name} ${source.carrierName}`).join(' ');
    return words.every((word) => name.includes(word));
  });
