import type { Feature } from '#slack/feature.ts';
import { notice, type Drawings } from './messages.ts';

export const notifications: Feature = {
  notifications: { notice: (about) => [notice(about)] } satisfies Partial<Drawings>,
};
