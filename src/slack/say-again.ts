import { setTimeout } from 'node:timers/promises';

/** Seconds between the tries; an answer's address lives for half an hour. */
const WAITS_S = [1, 3, 6, 10, 20, 40];

/** The connection was never made, so nothing was said. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error
    ? (error as Record<string, unknown>)[name]
    : undefined;

/** Whether nobody has read it. A lost answer does not count: what was said then is said. */
const isUnsaid = (error: unknown): boolean => {
  const status = field(error, 'statusCode') ?? field(error, 'status');
  if (typeof status === 'number') return status >= 500 || status === 429;
  const code = field(error, 'code');
  return (
    NOT_CONNECTED.has(String(code)) ||
    NOT_CONNECTED.has(String(field(field(error, 'cause'), 'code')))
  );
};

/** Says it again while Slack fails; what was done for the person stands meanwhile. */
export const sayAgain = async (say: () => Promise<unknown>): Promise<void> => {
  for (const wait of WAITS_S)
    try {
      await say();
      return;
    } catch (error) {
      if (!isUnsaid(error)) throw error;
      await setTimeout(wait * 1000, undefined, { ref: false });
    }
  await say();
};
