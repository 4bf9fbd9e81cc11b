import { key, secretAddress, text, wholeNumber } from '#shared/setting.ts';

/** What its driver takes silently, or complains of in words of its own. */
const problemOfRedis = (url: URL): string | undefined => {
  if (url.protocol === 'unix:')
    return url.search === '' && url.hash === ''
      ? undefined
      : 'has more than the path of a socket, of which nothing is heeded';
  if (url.hostname === '') return 'names no server';
  if (url.username !== '' && url.password === '')
    return 'has a user and no password: a password alone stands behind a colon, redis://:password@host';
  return /^\/?\d*$/.test(url.pathname) && /^\d*$/.test(url.searchParams.get('db') ?? '')
    ? undefined
    : 'names a database that is no number';
};

export const queueSettings = {
  redisUrl: key({
    env: 'REDIS_URL',
    doc: 'Your Redis or Valkey; without it a Redis runs as a child, as it always does for the local workspace.',
    schema: secretAddress(
      /^(rediss?:\/\/.|unix:\/\/\/.)/,
      'is not a Redis address',
      problemOfRedis,
    ).optional(),
    ifEmpty: 'is empty, and another Redis would be started in its place. Unset it for that',
    example: 'redis://127.0.0.1:6379',
  }),
  workerSlots: key({
    env: 'WORKER_SLOTS',
    doc: 'Login sources a worker reads at the same time.',
    schema: wholeNumber(1, 64),
    default: '2',
    example: '4',
  }),
  workerName: key({
    env: 'WORKER_NAME',
    doc: 'What this worker is called, the same after a restart and never of two at once; else the machine and the process.',
    schema: text(/^\S{1,100}$/, 'is not one word').optional(),
    example: 'office-1',
  }),
  workerCarriers: key({
    env: 'WORKER_CARRIERS',
    doc: 'Ids of the carriers that this worker is bound to, with commas between them: it serves them alone, and no worker without them does. Unset, it serves all that none is bound to.',
    schema: text(/^[a-z0-9][a-z0-9-]*(\s*,\s*[a-z0-9][a-z0-9-]*)*$/, 'is no list of carrier ids')
      .transform((list) => [...new Set(list.split(',').map((id) => id.trim()))].sort())
      .optional(),
    example: 'northbridge-life,harbor-trust',
  }),
};
