import { address, key, text, wholeNumber } from '#shared/setting.ts';

export const webSettings = {
  publicUrl: key({
    env: 'PUBLIC_URL',
    doc: "Where people's browsers find the link page. Without it Link is not offered.",
    schema: address.optional(),
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
};
