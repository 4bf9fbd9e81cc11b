import type { Feature } from '#slack/feature.ts';
import { CODES, listenToCodes } from './code-slack.ts';
import { listenToLink } from './link-slack.ts';

export const signIn: Feature = { clicks: CODES, listen: [listenToCodes, listenToLink] };
