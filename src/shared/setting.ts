import { z } from 'zod';
import { Secret } from './secret.ts';

/** A setting: which variable, what it means, what stands when it is absent, how a good one looks. */
export interface Key<T extends z.ZodType> {
  env: string;
  doc: string;
  schema: T;
  /** As it would be written in the environment; none means it may stay unset. */
  default?: string;
  /** What an empty one would lead to, where nobody can want that: it is refused. Elsewhere it counts as unset. */
  ifEmpty?: string;
  example: string;
  /** The path of a file: a folder in its place is refused. */
  isFile?: true;
  /** The path of a folder, there or to be made: a file in its place is refused. */
  isFolder?: true;
}

export const key = <T extends z.ZodType>(it: Key<T>): Key<T> => it;

export const text = (pattern: RegExp, problem: string) => z.string().regex(pattern, problem);
export const secret = (pattern: RegExp, problem: string) =>
  text(pattern, problem).transform((value) => new Secret(value));

/** What is wrong with a value, for whoever wrote it; undefined where nothing is. */
type Problem = string | undefined;

const NOT_WHOLE =
  'is not whole, or has signs in its password that an address cannot hold: write / as %2F, # as %23, ? as %3F, % as %25';

const problemOfAddress = (
  value: string,
  schemes: RegExp,
  { problem, more }: { problem: string; more: (url: URL) => Problem },
): Problem => {
  if (!schemes.test(value)) return problem;
  // The path of a socket may have one.
  if (/\s/.test(value) && !value.startsWith('unix:'))
    return 'has a blank in it, which an address cannot hold: write it as %20';
  if (!URL.canParse(value)) return NOT_WHOLE;
  const url = new URL(value);
  return [url.username, url.password, url.pathname].every(isWritten) ? more(url) : NOT_WHOLE;
};

const isWritten = (part: string): boolean => {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
};

/** A value of which nothing is repeated, with what is wrong with it. */
export const secretWithout = (problemOf: (value: string) => Problem) =>
  z.string().transform((value, context) => {
    const message = problemOf(value);
    if (message === undefined) return new Secret(value);
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** One that holds a password; of a slip in it neither is repeated. `more` is asked about a whole one. */
export const secretAddress = (
  schemes: RegExp,
  problem: string,
  more: (url: URL) => Problem = () => undefined,
) => secretWithout((value) => problemOfAddress(value, schemes, { problem, more }));

/** Whoever reads it from a file puts no home in the place of `~`. */
export const path = z
  .string()
  .refine(
    (value) => !value.startsWith('~'),
    'begins with ~, which a shell alone knows: write all of the path',
  );

/** This machine itself. */
export const isLoopback = ({ hostname }: Pick<URL, 'hostname'>): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

export const address = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url !== undefined && isSafe) return value.replace(/\/+$/, '');
  context.addIssue({
    code: 'custom',
    message:
      url?.protocol === 'http:' ? 'is not https, and not this machine' : 'is not a web address',
  });
  return z.NEVER;
});

export const oneOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z.enum(names, { error: `is none of ${names.join(', ')}` });

export const wholeNumber = (least: number, most: number) =>
  text(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `is not between ${least} and ${most}`);

export const timeOfDay = text(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 02:00');

export const channelId = text(/^[CG][A-Z0-9]{2,}$/, 'is not the id of a channel');

/** What stands in the configuration of these settings. */
export type Settings<Keys extends Record<string, Key<z.ZodType>>> = {
  [Name in keyof Keys]: z.output<Keys[Name]['schema']>;
};
