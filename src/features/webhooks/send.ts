import { Webhook } from 'standardwebhooks';
import type { Secret } from '#shared/secret.ts';
import type { Answered } from './deliver.ts';
import type { WebhookEvent } from './store.ts';

const LONGEST_MS = 10_000;

/**
 * Sends events as the Standard Webhooks specification has it (standardwebhooks.com): the id, the
 * time and an HMAC-SHA256 of both and the body in headers. The id is the same at each try, so a
 * receiver can tell a repeat; the time is new, so a receiver can refuse what was recorded and replayed.
 */
export const createWebhookSender = (
  { url, secret }: { url: string; secret: Secret },
  now: () => number,
): ((event: WebhookEvent) => Promise<Answered>) => {
  const webhook = new Webhook(secret.reveal());
  return async ({ id, body }) => {
    const at = new Date(now());
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'swivel-sync-bot',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': webhook.sign(id, at, body),
        },
        body,
        // Client data goes to the address that was configured, and to no other.
        redirect: 'manual',
        signal: AbortSignal.timeout(LONGEST_MS),
      });
      await response.body?.cancel();
      return response.ok
        ? { kind: 'taken' }
        : { kind: 'refused', problem: `it answers with status ${response.status}` };
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      return {
        kind: 'refused',
        problem: name === 'TimeoutError' ? 'it does not answer in time' : 'it cannot be reached',
      };
    }
  };
};
