import { z } from 'zod';
import { key, oneOf, path } from '#shared/setting.ts';

const addresses = z.string().transform((value, context) => {
  const parsed = z.record(z.string(), z.url()).safeParse(parseJson(value));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'is not JSON of addresses by carrier id' });
  return z.NEVER;
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const portalSettings = {
  chromium: key({
    env: 'CHROMIUM',
    doc: 'Program to use as the browser.',
    schema: path.optional(),
    isFile: true,
    example: '/usr/bin/chromium',
  }),
  chromiumSandbox: key({
    env: 'CHROMIUM_SANDBOX',
    doc: '`optional` lets Chromium run where its sandbox cannot. By default it is `required` with NODE_ENV=production.',
    schema: oneOf(['required', 'optional']).optional(),
    example: 'optional',
  }),
  carriersPath: key({
    env: 'CARRIERS_PATH',
    doc: 'Folder with carriers of your own. Code in it sees passwords.',
    schema: path.optional(),
    example: '/etc/swivel-sync/carriers',
  }),
  carrierAddresses: key({
    env: 'CARRIER_ADDRESSES',
    doc: 'Other addresses for carriers, as JSON by carrier id: a sandbox of theirs, or a local portal.',
    schema: addresses.optional(),
    example: '{"northbridge-life":"https://sandbox.example.com"}',
  }),
};
