/**
 * The link page as a browser has it: cookies are kept, redirects are not followed. Of several addresses
 * each visit goes to the next, as from a proxy that has several bots behind it.
 */
export const openBrowser = (...urls: readonly string[]) => {
  const cookies = new Map<string, string>();
  let visits = 0;
  const header = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const visit = async (path: string, fields?: Record<string, string>): Promise<string> => {
    const url = urls[visits % urls.length];
    visits += 1;
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      headers: { cookie: header() },
      ...(fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    return response.text();
  };
  return { visit, header, cookies: () => [...cookies.values()] };
};

/** What a hidden field of the page holds. */
export const fieldOf = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
