import type { Feature } from '#slack/feature.ts';
import { listenToStep } from './slack.ts';

export const workflowStep: Feature = { listen: [listenToStep] };
