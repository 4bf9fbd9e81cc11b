/** More often, and the page asks for more than any needs before a sign-in has come to its end. */
const EVERY_MS = 150;

/** What a page asks for beside each request that it sends again, so that it is known to have tried. */
export const TRIED_AGAIN = '/tried-again';

/**
 * As some pages do when they believe that a request of theirs was lost: whatever was posted, by a form
 * or by a script, is posted again and again, on the pages that follow too.
 */
const SCRIPT = `
(() => {
  const ask = window.fetch.bind(window);
  const kept = JSON.parse(sessionStorage.getItem('posted') ?? '[]');
  const again = ({ url, body, type }) =>
    ask(url, { method: 'POST', body, keepalive: true, headers: type ? { 'content-type': type } : {} }).catch(() => {});
  const keep = (posted) => {
    kept.push(posted);
    sessionStorage.setItem('posted', JSON.stringify(kept));
  };
  document.addEventListener('submit', ({ target }) => {
    const body = new URLSearchParams(new FormData(target)).toString();
    keep({ url: target.action, body, type: 'application/x-www-form-urlencoded' });
  }, true);
  window.fetch = async (url, how = {}) => {
    const answer = await ask(url, how);
    if (typeof how.body === 'string')
      keep({ url: String(url), body: how.body, type: new Headers(how.headers).get('content-type') });
    return answer;
  };
  const all = () => kept.forEach((posted) => void (ask('${TRIED_AGAIN}').catch(() => {}), again(posted)));
  all();
  setInterval(all, ${EVERY_MS});
})();`;

export const repeatItself = (html: string): string =>
  html.replace(/<head>|<body>|(?=<html)/i, (place) => `${place}<script>${SCRIPT}</script>`);
