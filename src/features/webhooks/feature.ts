import type { Feature } from '#slack/feature.ts';
import { startWebhooks, type WebhookSettings } from './start.ts';

export const webhooks = (settings: WebhookSettings): Feature => ({
  start: (deps) => startWebhooks(settings, deps),
});
