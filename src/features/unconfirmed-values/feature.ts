import type { Feature } from '#slack/feature.ts';
import { HELD } from './slack.ts';

export const unconfirmedValues: Feature = { clicks: HELD };
