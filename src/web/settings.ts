import { address, key, text, wholeNumber } from '#shared/setting.ts';

export const webSettings = {
  publicUrl: key({
    env: 'PUBLIC_URL',
    doc: "Where people's browsers find the link page. Without it Link is not offered.",
    // Pages are written behind it, and people see it.
    schema: address
      .refine((value) => !/[?#@]/.test(value), 'has more than a host and a path')
      .optional(),
    example: 'https://sync.example.com',
  }),
  port: key({
    env: 'PORT',
    doc: "Port of the bot's own web server; 0 takes a free one.",
    schema: wholeNumber(0, 65_535),
    default: '3000',
    example: '3000',
  }),
  host: key({
    env: 'HOST',
    doc: 'Address the web server binds to.',
    schema: text(/^[\w.:-]+$/, 'is not an address of this machine'),
    default: '127.0.0.1',
    example: '0.0.0.0',
  }),
  watchPort: key({
    env: 'WATCH_PORT',
    doc: 'Port of the bot for whoever keeps it running: `/health`, `/ready`, `/metrics`, `/queues`. Nobody signs in there. Without it there is none.',
    schema: wholeNumber(0, 65_535).optional(),
    example: '9464',
  }),
  workerWatchPort: key({
    env: 'WORKER_WATCH_PORT',
    doc: 'The same of a worker, without `/queues`.',
    schema: wholeNumber(0, 65_535).optional(),
    example: '9465',
  }),
  watchHost: key({
    env: 'WATCH_HOST',
    doc: 'Address that both bind to; another than loopback only where a network of its own keeps strangers out.',
    schema: text(/^[\w.:-]+$/, 'is not an address of this machine'),
    default: '127.0.0.1',
    example: '0.0.0.0',
  }),
};
