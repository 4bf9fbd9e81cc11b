import { randomBytes } from 'node:crypto';
import { confirmLink, issueLink } from '#core/sign-in/link.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import type { LockoutFirm, Login } from './firm.ts';

/** The link page as a browser has it: cookies are kept, redirects are not followed. */
const openBrowser = (url: string) => {
  const cookies = new Map<string, string>();
  const visit = async (path: string, fields?: Record<string, string>): Promise<string> => {
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    return response.text();
  };
  return { visit };
};

const fieldOf = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';

/** A person's form with this password on the real page; each call sends the very same form once more. */
export const openLinkForm = async (
  { firm, personId, credentials }: LockoutFirm,
  login: Login,
  password: string,
  keeps: boolean,
): Promise<() => Promise<void>> => {
  const store = { db: firm.db, clock: Date.now };
  const deps = {
    store,
    clock: Date.now,
    random: (bytes: number): Uint8Array => randomBytes(bytes),
    pairingWanted: () => Promise.resolve(),
  };
  const issued = await issueLink(deps, { personId, sourceId: login.id });
  if (issued.kind !== 'issued') throw new Error(`${login.source} may not be linked.`);
  const { visit } = openBrowser(new URL(issued.path, firm.bot.url).href);
  await visit('/continue', { proof: fieldOf(await visit(''), 'proof') });
  const { pairingNumber, confirmedAt } = (await linkById(store, issued.linkId)) ?? {};
  if (confirmedAt === undefined && pairingNumber !== undefined)
    await confirmLink(deps, personId, issued.linkId, pairingNumber);
  const page = await visit('');
  const form = {
    proof: fieldOf(page, 'proof'),
    after: fieldOf(page, 'after'),
    ...(keeps ? { keep: 'on' } : {}),
    ...Object.fromEntries(
      Object.entries(credentials(login, password)).map(([name, value]) => [
        `field-${name}`,
        value.reveal(),
      ]),
    ),
  };
  if (form.proof === '') throw new Error('The link page shows no form.');
  return async () => void (await visit('/sign-in', form));
};
