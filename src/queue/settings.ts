import { key, secret, wholeNumber } from '#shared/setting.ts';

export const queueSettings = {
  redisUrl: key({
    env: 'REDIS_URL',
    doc: 'Your Redis or Valkey; without it a Redis runs as a child, as it always does for the local workspace.',
    schema: secret(/^(rediss?:\/\/\S+|unix:\/\/\/.+)$/, 'is not a Redis address').optional(),
    example: 'redis://127.0.0.1:6379',
  }),
  workerSlots: key({
    env: 'WORKER_SLOTS',
    doc: 'Login sources a worker reads at the same time.',
    schema: wholeNumber(1, 64),
    default: '2',
    example: '4',
  }),
};
