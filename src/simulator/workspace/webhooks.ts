import { createHmac } from 'node:crypto';
import { parseObject, type Json } from './json.ts';
import type { Ack, EnvelopeKind } from './world.ts';

/** Where an app without Socket Mode listens, and the secret that signs what Slack sends it. */
export interface HttpApp {
  eventsUrl: string;
  signingSecret: string;
}

const ACK_MS = 3000;

const form = (fields: Json): string =>
  new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

/** As Slack posts to an app's request address: signed, and answered within 3 s. */
export const deliverByHttp = async (
  { eventsUrl, signingSecret }: HttpApp,
  kind: EnvelopeKind,
  payload: Json,
  retry?: { attempt: number },
): Promise<Ack> => {
  const body =
    kind === 'events_api'
      ? JSON.stringify(payload)
      : form(kind === 'interactive' ? { payload: JSON.stringify(payload) } : payload);
  const seconds = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', signingSecret)
    .update(`v0:${seconds}:${body}`)
    .digest('hex');
  try {
    const response = await fetch(eventsUrl, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(ACK_MS),
      headers: {
        'content-type':
          kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': seconds,
        'x-slack-signature': `v0=${signature}`,
        ...(retry === undefined
          ? {}
          : { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': 'http_timeout' }),
      },
    });
    const text = await response.text();
    if (!response.ok) return { kind: 'unreachable' };
    return { kind: 'acked', payload: parseObject(text) ?? (text === '' ? {} : { text }) };
  } catch (error) {
    return {
      kind: error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'unreachable',
    };
  }
};
