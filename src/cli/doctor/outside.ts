import type { Config } from '#app/config.ts';
import { messageOf, MOST_OFF_MS, offBy, type Finding, type Outside } from './finding.ts';

const WITHIN_MS = 5000;

const ask = (url: string): Promise<Response> =>
  fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(WITHIN_MS) });

/** Why it failed: `fetch failed` alone says nothing. */
const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);

/** The link page by the address that browsers use: through the proxy, and back to the bot. */
export const examinePublicUrl = async ({ mode, publicUrl, port }: Config): Promise<Finding> => {
  const of = 'Link page';
  if (publicUrl === undefined)
    return mode.kind === 'local' || mode.kind === 'worker'
      ? {
          of,
          is: 'good',
          found: mode.kind === 'local' ? 'on this machine' : 'none: the bot has it',
        }
      : {
          of,
          is: 'bad',
          found: 'PUBLIC_URL is not set, so Link is not offered',
          next: 'Set PUBLIC_URL to the https address that reaches the web server.',
        };
  const toBot = `Let the proxy pass it to port ${port} of the bot, and see that the bot runs.`;
  try {
    const answer = await ask(`${publicUrl}/health`);
    const said: unknown = await answer.json().catch(() => undefined);
    if (typeof said === 'object' && said !== null && 'ok' in said)
      return said.ok === true
        ? { of, is: 'good', found: `${publicUrl} reaches the bot` }
        : {
            of,
            is: 'bad',
            found: `${publicUrl} reaches a bot that is not well: ${JSON.stringify(said)}`,
            next: 'Mend what it says.',
          };
    return {
      of,
      is: 'bad',
      found: `${publicUrl} reaches something else (${answer.status})`,
      next: toBot,
    };
  } catch (error) {
    const cause = causeOf(error);
    const next = /certificate|self.signed|CERT_/i.test(cause)
      ? 'Renew the certificate of the proxy, with its whole chain.'
      : toBot;
    return { of, is: 'bad', found: `${publicUrl} does not answer (${cause})`, next };
  }
};

/** This machine's time beside Slack's. */
export const examineClock = async (
  { mode, slackApiUrl }: Config,
  { clock }: Pick<Outside, 'clock'>,
): Promise<Finding> => {
  const of = 'Clock';
  if (mode.kind === 'local' || mode.kind === 'worker')
    return { of, is: 'good', found: new Date(clock()).toISOString() };
  try {
    const before = clock();
    const answer = await ask(new URL('api.test', slackApiUrl ?? 'https://slack.com/api/').href);
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) throw new Error('Slack did not tell its time');
    const off = Math.round(before - theirs);
    if (Math.abs(off) <= MOST_OFF_MS) return { of, is: 'good', found: "the same as Slack's" };
    return {
      of,
      is: 'bad',
      found: offBy(off, "Slack's"),
      next: 'Let the machine keep its time: timedatectl set-ntp true',
    };
  } catch (error) {
    return {
      of,
      is: 'note',
      found: `not compared: ${causeOf(error)}`,
      next: 'Compare it yourself: timedatectl',
    };
  }
};
