/**
 * What makes a library write out what it does, the passwords among it (`DEBUG=pw:api` logs each
 * filled field), or tells the keys of its connections. Libraries read it when they are loaded, so
 * this is what an entry imports first; children inherit what is left.
 */
const LOUD =
  /^(DEBUG(_\w+)?|PWDEBUG\w*|PW_\w+|PLAYWRIGHT_(?!BROWSERS_PATH$)\w+|NODE_DEBUG\w*|SSLKEYLOGFILE)$/;

/** Names that were set, and are set no more. */
export const silenced = Object.keys(process.env).filter((name) => LOUD.test(name));
for (const name of silenced) delete process.env[name];
