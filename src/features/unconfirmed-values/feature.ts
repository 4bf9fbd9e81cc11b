import type { Feature } from '#slack/feature.ts';
import { DECISION_CLICKS } from './slack.ts';

export const unconfirmedValues: Feature = { clicks: DECISION_CLICKS };
