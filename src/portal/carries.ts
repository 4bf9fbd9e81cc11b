import type { Secret } from '#shared/secret.ts';

/** As it is, as a form writes it, or as JSON does. What a page encrypts is not recognized. */
export const carries = (body: string, secret: Secret): boolean => {
  const text = secret.reveal();
  const form = new URLSearchParams({ text }).toString().slice('text='.length);
  return [text, form, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)].some((written) =>
    standsAlone(body, written),
  );
};

const ALNUM = /[\p{L}\p{N}]/u;

/** Not a part of a longer word or number: a code of six digits may stand in the time of a beacon. */
const standsAlone = (body: string, written: string): boolean => {
  for (let at = body.indexOf(written); at >= 0; at = body.indexOf(written, at + 1)) {
    const [before = '', after = ''] = [body[at - 1], body[at + written.length]];
    if (!ALNUM.test(before) && !ALNUM.test(after)) return true;
  }
  return false;
};

/** What a browser writes by itself: an address is judged where it is asked for, and cookies are the portal's. */
const OF_BROWSER =
  /^(sec-|accept|content-|if-|upgrade-|(user-agent|referer|cookie|origin|host|cache-control|pragma|priority)$)/i;

/** What a page itself says in the headers of a request; a Basic authorization as it was before its encoding. */
export const saidInHeaders = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .filter(([name]) => !OF_BROWSER.test(name))
    .map(([, value]) => plain(value))
    .join(' ');

const plain = (value: string): string => {
  const [, basic] = /^Basic (.*)$/i.exec(value) ?? [];
  if (basic === undefined) return value;
  const bytes = Buffer.from(basic, 'base64');
  return `${bytes.toString('utf8')} ${bytes.toString('latin1')}`;
};
