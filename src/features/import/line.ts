import { z } from 'zod';
import type { Fault } from './problem.ts';
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
import { INDICATORS } from '#shared/status.ts';
import { ROLES } from '#shared/access.ts';

export const statusLine = z.object({
  status: words('Write the status as the CRM shows it.'),
  indicator: oneOf('indicator', INDICATORS),
});
export type StatusLine = z.output<typeof statusLine>;

export const personLine = z.object({
  email,
  name: words('Write the name of the person.'),
  role: oneOf('role', ROLES),
  slack_user_id: slackUserId,
  active: yesOrNo(true),
  changed_at: moment,
});
export type PersonLine = z.output<typeof personLine>;

export const contactLine = (people: readonly string[]) =>
  z.object({
    contact_id: identifier,
    kind: oneOf('kind of contact', ['individual', 'organization']),
    name: words('Write the name of the contact.'),
    email: optionalEmail,
    birth_year: birthYear,
    city: optionalWords,
    advisors: peopleList('advisor', people),
  });
export type ContactLine = z.output<ReturnType<typeof contactLine>>;

export const sourceLine = (people: readonly string[], carriers: readonly string[]) =>
  z.object({
    source_id: identifier,
    carrier: oneOf('carrier', carriers),
    name: words('Name the login source, like "Ana, Northbridge".'),
    holder: oneOf('person', people),
    shared_with: peopleList('person', people),
  });
export type SourceLine = z.output<ReturnType<typeof sourceLine>>;

export const policyLine = (carriers: readonly string[], statuses: readonly string[]) =>
  z.object({
    policy_id: identifier,
    contact_id: identifier,
    carrier: oneOf('carrier', carriers),
    number: policyNumber,
    product: words('Write the name of the product.'),
    product_type: optionalWords,
    plan_type: optionalWords,
    status: oneOf('status', statuses),
    changed_at: moment,
  });
export type PolicyLine = z.output<ReturnType<typeof policyLine>>;

/** A line as it stands in the file, by name of column; a column the file lacks is empty. */
export type Fields = Record<string, string>;

export const readLine = <T>(
  schema: z.ZodType<T>,
  fields: Fields,
): { row: T } | { faults: Fault[] } => {
  const result = schema.safeParse(fields);
  if (result.success) return { row: result.data };
  return {
    faults: result.error.issues.map(({ path, message }) => {
      const column = String(path[0]);
      return { column, value: fields[column] ?? '', ...splitIssue(message) };
    }),
  };
};
