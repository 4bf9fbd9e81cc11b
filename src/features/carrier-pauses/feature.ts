import type { Feature } from '#slack/feature.ts';
import { OPERATORS } from './slack.ts';

export const carrierPauses: Feature = { clicks: OPERATORS };
