import type { Feature } from '#slack/feature.ts';
import { CORRECTION_CLICKS, statusChosen } from './slack.ts';

export const corrections: Feature = { clicks: CORRECTION_CLICKS, submissions: [statusChosen] };
