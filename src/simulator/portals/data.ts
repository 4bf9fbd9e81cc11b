import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { LoginChange, PolicyChange } from './handle.ts';

/**
 * What the local portals know of their customers: the shape of seed.json, and what tests give to
 * `startPortals`. Numbers are unique within a carrier; a login sees the numbers it lists, and a
 * number may be seen by several logins.
 */
const DECIMAL = /^-?\d+(\.\d{1,2})?$/;

const value = z.strictObject({
  /** "Account Value", "Cash Value", "Surrender Value", "Death Benefit", "Face Value", ... */
  name: z.string().min(1),
  /** US dollars as decimal text, "12345.67"; "" shows the label without an amount. */
  amount: z.string().regex(DECIMAL).or(z.literal('')),
  /** yyyy-mm-dd, or business days back from the last one before today: "0" is that, "-1" the next. */
  asOf: z.string().regex(/^(\d{4}-\d{2}-\d{2}|0|-\d{1,4})$/),
});

const policy = z.strictObject({
  /** The carrier's id, as in sites.ts. */
  carrier: z.string(),
  /** As the portal shows it. */
  number: z.string().min(1),
  product: z.string().min(1),
  /** The carrier's own word: "In Force", "Surrendered" ... */
  status: z.string().min(1),
  /** Name of the insured or owner; the portal shows it, nobody reads it. */
  owner: z.string().min(1),
  values: z.array(value),
});

const login = z.strictObject({
  carrier: z.string(),
  user: z.string().min(1),
  password: z.string().min(1),
  /** `source_id` of sources.csv: the login source that this login belongs to. */
  source: z.string().optional(),
  /** Whether the local workspace starts with this source linked. */
  linked: z.boolean().default(false),
  /** Numbers of the policies it sees. */
  policies: z.array(z.string()),
});

const data = z.strictObject({ logins: z.array(login), policies: z.array(policy) });

export type PortalData = z.input<typeof data>;
/** What it does from the start, and again after a reset, is given by sandbox users alone. */
export type PortalPolicy = z.output<typeof policy> & { begins?: PolicyChange };
export type PortalLogin = z.output<typeof login> & { begins?: LoginChange };

/** Throws with the path of what is wrong. */
export const parsePortalData = (input: unknown): z.output<typeof data> => {
  const parsed = data.safeParse(input);
  if (!parsed.success) throw new Error(`Portal data: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

export const readPortalData = (file: string): z.output<typeof data> =>
  parsePortalData(JSON.parse(readFileSync(file, 'utf8')));
