import type { Feature } from '#slack/feature.ts';
import { listenToShortcuts } from './slack.ts';

export const messagePolicies: Feature = { listen: [listenToShortcuts] };
