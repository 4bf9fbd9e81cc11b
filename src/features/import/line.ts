import { z } from 'zod';
import type { FileKind } from './file-kinds.ts';
import type { Fault } from './problem.ts';
import { noRefusals, type Refusals } from './unknown.ts';
import {
  birthYear,
  email,
  identifier,
  moment,
  oneOf,
  optionalEmail,
  optionalWords,
  peopleList,
  policyNumber,
  slackUserId,
  splitIssue,
  words,
  yesOrNo,
} from './value.ts';
import { INDICATORS, KNOWN_STANDINGS } from '#shared/status.ts';
import { ROLES } from '#shared/access.ts';

/** What this import refused so far, by kind of file. */
export type Refused = Readonly<Record<FileKind, Refusals>>;

export const nothingRefused = (): Refused => ({
  statuses: noRefusals(),
  words: noRefusals(),
  people: noRefusals(),
  contacts: noRefusals(),
  sources: noRefusals(),
  policies: noRefusals(),
});

export const statusLine = z.object({
  status: words('Write the status as the CRM shows it.'),
  indicator: oneOf('indicator', INDICATORS),
});
export type StatusLine = z.output<typeof statusLine>;

export const wordLine = (carriers: readonly string[]) =>
  z.object({
    carrier: oneOf('carrier', carriers),
    carrier_word: words('Write the status as the carrier shows it.'),
    meaning: oneOf('meaning', KNOWN_STANDINGS),
  });
export type WordLine = z.output<ReturnType<typeof wordLine>>;

export const personLine = (now: () => number) =>
  z.object({
    email,
    name: words('Write the name of the person.'),
    role: oneOf('role', ROLES),
    slack_user_id: slackUserId,
    active: yesOrNo(true),
    changed_at: moment(now),
  });
export type PersonLine = z.output<ReturnType<typeof personLine>>;

export const contactLine = (people: readonly string[], refused: Refused) =>
  z.object({
    contact_id: identifier,
    kind: oneOf('kind of contact', ['individual', 'organization']),
    name: words('Write the name of the contact.'),
    email: optionalEmail,
    birth_year: birthYear,
    city: optionalWords,
    advisors: peopleList('advisor', people, refused.people),
  });
export type ContactLine = z.output<ReturnType<typeof contactLine>>;

export const sourceLine = (
  people: readonly string[],
  carriers: readonly string[],
  refused: Refused,
  now: () => number,
) =>
  z.object({
    source_id: identifier,
    carrier: oneOf('carrier', carriers),
    name: words('Name the login source, like "Ana, Northbridge".'),
    holder: oneOf('person', people, refused.people),
    // Without the column the file says nothing of it.
    shared_with: peopleList('person', people, refused.people).optional(),
    changed_at: moment(now),
  });
export type SourceLine = z.output<ReturnType<typeof sourceLine>>;

export const policyLine = (
  carriers: readonly string[],
  statuses: readonly string[],
  refused: Refused,
  now: () => number,
) =>
  z.object({
    policy_id: identifier,
    contact_id: identifier,
    carrier: oneOf('carrier', carriers),
    number: policyNumber,
    product: words('Write the name of the product.'),
    product_type: optionalWords,
    plan_type: optionalWords,
    status: oneOf('status', statuses, refused.statuses),
    changed_at: moment(now),
  });
export type PolicyLine = z.output<ReturnType<typeof policyLine>>;

/** A line as it stands in the file, by name of column; a column the file lacks is empty. */
export type Fields = Record<string, string>;

/** A schema of one kind of line: a value of each column, read apart from the others. */
export type LineSchema<T> = z.ZodType<T> & { shape: Readonly<Record<string, z.ZodType>> };

/** What a line says as far as it can be read, `whole` only without a fault. */
export interface ReadLine<T> {
  row: Partial<T>;
  whole?: T;
  faults: Fault[];
}

export const readLine = <T>(schema: LineSchema<T>, fields: Fields): ReadLine<T> => {
  const result = schema.safeParse(fields);
  if (result.success) return { row: result.data, whole: result.data, faults: [] };
  const faults = result.error.issues.map(({ path, message }) => {
    const column = String(path[0]);
    return { column, value: fields[column] ?? '', ...splitIssue(message) };
  });
  const row = Object.fromEntries(
    Object.entries(schema.shape).flatMap(([column, value]) => {
      const read = value.safeParse(fields[column]);
      return read.success ? [[column, read.data] as const] : [];
    }),
  ) as Partial<T>;
  return { row, faults };
};
