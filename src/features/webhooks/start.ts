import { listenForEvents } from './store.ts';
import { addNotification } from '#features/notifications/store.ts';
import { every } from '#queue/every.ts';
import type { OperatorSettings } from '#features/notifications/settings.ts';
import type { Settings } from '#shared/setting.ts';
import type { webhookSettings } from './settings.ts';
import { deliverEvents } from './deliver.ts';
import { createWebhookSender } from './send.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { notificationSubject } from '#shared/subject.ts';

const EVERY_MS = 2000;

export type WebhookSettings = Settings<typeof webhookSettings> & OperatorSettings;

/** Events go out while a webhook is configured; without one, none are written. */
export const startWebhooks = async (
  config: WebhookSettings,
  { store, clock, show, log }: Pick<SlackDeps, 'store' | 'clock' | 'show' | 'log'>,
): Promise<AsyncDisposable> => {
  const { webhookUrl: url, webhookSecret: secret } = config;
  const untaken = await listenForEvents(store, url !== undefined);
  if (untaken > 0)
    log(
      `no WEBHOOK_URL: what it has not taken (${untaken}) is given up; \`npm run -s sync -- export\` writes what is known now`,
    );
  if (url === undefined || secret === undefined)
    return { [Symbol.asyncDispose]: () => Promise.resolve() };

  /** Operators are told once a day, however many events are lost. */
  const givenUp = async (problem: string): Promise<void> => {
    const channel = config.operatorsChannel;
    log(`an event for WEBHOOK_URL was given up after three days: ${problem}`);
    if (channel === undefined) return;
    const day = new Date(clock()).toISOString().slice(0, 10);
    const id = await addNotification(store, {
      kind: 'notice',
      name: `webhook:${day}`,
      channel,
      about: {
        title: 'Your CRM misses some syncs',
        text: `An event was not taken for three days (${problem}), so it is given up, and so are others as old. Look at the address in WEBHOOK_URL; what \`npm run -s sync -- export\` writes has what the CRM lacks.`,
      },
    });
    if (id !== undefined) await show(notificationSubject(id));
  };

  const send = createWebhookSender({ url, secret }, clock);
  return every(
    EVERY_MS,
    async () => {
      await deliverEvents({ store, clock, send, givenUp });
    },
    (error) => log('the webhook stopped short', error),
  );
};
