import type { Feature } from '#slack/feature.ts';
import { CORRECTIONS, listenToStatusModal } from './slack.ts';

export const corrections: Feature = { clicks: CORRECTIONS, listen: [listenToStatusModal] };
