import { z } from 'zod';
import { REPORT_FILTERS, type ReportFilter } from '#core/policies/report-rules.ts';
import { HOUR } from '#shared/clock.ts';

/** What a Home shows, carried by the view itself: it comes back from outside and decides nothing. */
export interface HomeState {
  query: string;
  filter: ReportFilter;
  carrier?: string;
  /** From 0. */
  page: number;
  /** When the person last asked for something, epoch ms. */
  at: number;
}

const LONGEST_QUERY = 100;

const STATE = z.object({
  query: z.string().max(LONGEST_QUERY),
  filter: z.enum(REPORT_FILTERS),
  carrier: z.string().min(1).max(100).optional(),
  page: z.int().min(0).max(1_000_000),
  at: z.number(),
});

export const freshState = (now: number): HomeState => ({
  query: '',
  filter: 'all',
  page: 0,
  at: now,
});

/** Whoever comes back after this long begins anew. */
const KEPT_MS = HOUR;

export const parseState = (metadata: string | undefined, now: number): HomeState => {
  let json: unknown;
  try {
    json = JSON.parse(metadata ?? '');
  } catch {
    return freshState(now);
  }
  const { data } = STATE.safeParse(json);
  if (data === undefined || now - data.at > KEPT_MS) return freshState(now);
  const { carrier, ...state } = data;
  return { ...state, at: now, ...(carrier === undefined ? {} : { carrier }) };
};

/** A new search looks at everything again: what it finds must not hide behind an old filter. */
export const withQuery = (state: HomeState, typed: string): HomeState => ({
  ...state,
  query: typed.normalize('NFKC').replace(/\s+/g, ' ').trim().slice(0, LONGEST_QUERY),
  filter: 'all',
  page: 0,
});

export const withFilter = (state: HomeState, filter: string): HomeState => {
  const known = z.enum(REPORT_FILTERS).safeParse(filter).data;
  return known === undefined ? state : { ...state, filter: known, page: 0 };
};

/** `all` is every carrier; an unknown one simply finds nothing. */
export const withCarrier = ({ query, filter, at }: HomeState, chosen: string): HomeState => ({
  query,
  filter,
  at,
  page: 0,
  ...(chosen === 'all' || chosen === '' ? {} : { carrier: chosen.slice(0, 100) }),
});

export const withPage = (state: HomeState, page: string): HomeState => {
  const number = z.coerce.number().int().min(0).max(1_000_000).safeParse(page).data;
  return number === undefined ? state : { ...state, page: number };
};
