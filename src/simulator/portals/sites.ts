import type { Router } from 'express';
import { meridianSite } from './meridian/site.ts';
import { northbridgeSite } from './northbridge/site.ts';
import type { Office } from './office.ts';

/** Every local portal: its carrier's id and what its office is served as. */
export const SITES: Record<string, (office: Office) => Router> = {
  'northbridge-life': northbridgeSite,
  'meridian-annuity': meridianSite,
};
