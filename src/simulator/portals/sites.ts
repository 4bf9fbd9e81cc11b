import type { Router } from 'express';
import { cedarSite } from './cedar/site.ts';
import { graniteSite } from './granite/site.ts';
import { harborSite } from './harbor/site.ts';
import { lakesideSite } from './lakeside/site.ts';
import { meridianSite } from './meridian/site.ts';
import { northbridgeSite } from './northbridge/site.ts';
import type { Office } from './office.ts';
import { prairieSite } from './prairie/site.ts';
import { ridgelineSite } from './ridgeline/site.ts';
import { summitSite } from './summit/site.ts';

/** Every local portal: its carrier's id and what its office is served as. */
export const SITES: Record<string, (office: Office) => Router> = {
  'northbridge-life': northbridgeSite,
  'meridian-annuity': meridianSite,
  'granite-mutual': graniteSite,
  'harbor-trust': harborSite,
  'prairie-states': prairieSite,
  'summit-fidelity': summitSite,
  'lakeside-benefit': lakesideSite,
  'ridgeline-life': ridgelineSite,
  'cedar-assurance': cedarSite,
};

/** Portals that end a session which nobody uses, and after how many minutes. */
export const IDLE_MINUTES: Record<string, number> = { 'granite-mutual': 10 };
