import { randomBytes } from 'node:crypto';
import { confirmLink, issueLink } from '#core/sign-in/link.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import type { Database } from '#database/connection.ts';
import type { Credentials } from '#portal/portal.ts';
import { fieldOf, openBrowser } from '#test/support/link-forms.ts';

/** A person's form with these credentials on the real page; each `send` sends the very same form once more. */
export const openLinkForm = async (
  { db, botUrls }: { db: Database; botUrls: readonly string[] },
  { personId, sourceId }: { personId: string; sourceId: string },
  credentials: Credentials,
  more: Readonly<Record<string, string>> = {},
): Promise<{ send: () => Promise<void>; token: string; cookies: () => string[] }> => {
  const store = { db, clock: Date.now };
  const deps = {
    store,
    clock: Date.now,
    random: (bytes: number): Uint8Array => randomBytes(bytes),
    pairingWanted: () => Promise.resolve(),
  };
  const issued = await issueLink(deps, { personId, sourceId });
  if (issued.kind !== 'issued') throw new Error(`${sourceId} may not be linked.`);
  const { visit, cookies } = openBrowser(...botUrls.map((url) => new URL(issued.path, url).href));
  await visit('/continue', { proof: fieldOf(await visit(''), 'proof') });
  const { pairingNumber, confirmedAt } = (await linkById(store, issued.linkId)) ?? {};
  if (confirmedAt === undefined && pairingNumber !== undefined)
    await confirmLink(deps, personId, issued.linkId, pairingNumber);
  const page = await visit('');
  const form = {
    proof: fieldOf(page, 'proof'),
    after: fieldOf(page, 'after'),
    ...more,
    ...Object.fromEntries(
      Object.entries(credentials).map(([name, value]) => [`field-${name}`, value.reveal()]),
    ),
  };
  if (form.proof === '') throw new Error('The link page shows no form.');
  return { token: issued.token, cookies, send: async () => void (await visit('/sign-in', form)) };
};
