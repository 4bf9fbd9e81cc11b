import { randomBytes } from 'node:crypto';
import { continueLink, issueLink } from '#core/sign-in/link.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import { ANA, type AccessWorld } from './world.ts';

/** What Ana's link page says of her login. */
const HERS = /Ana – Northbridge|Northbridge Life/;

/** A link of Ana's that her browser has: what everybody else gets of it, and of pages there are not. */
export const tryWebPages = async (
  { firm }: AccessWorld,
  say: (line: string) => void,
): Promise<{ tried: number; through: number; served: number }> => {
  const store = { db: firm.db, clock: Date.now };
  const deps = {
    store,
    clock: Date.now,
    random: (bytes: number): Uint8Array => randomBytes(bytes),
  };
  const person = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', ANA)
    .executeTakeFirstOrThrow();
  const sourceId = await firm.sourceId('S-NB-ANA');
  const issued = await issueLink(deps, { personId: person.id, sourceId });
  if (issued.kind !== 'issued') throw new Error('Ana may not link her login.');
  const url = new URL(issued.path, firm.bot.url).href;
  const served = (await (await fetch(url)).text()).match(HERS) === null ? 0 : 1;
  await continueLink({ ...deps, pairingWanted: () => Promise.resolve() }, issued.token, 'hers');
  const state = async (): Promise<string> =>
    JSON.stringify([
      await linkById(store, issued.linkId),
      await firm.db.selectFrom('sign_in').select(['id', 'state']).execute(),
    ]);
  const was = await state();

  const get = (path: string, headers: Record<string, string> = {}) => fetch(path, { headers });
  const post = (path: string, fields: Record<string, string>, headers = {}) =>
    fetch(path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
  const other = { cookie: 'swivel-browser=another; swivel-form=another' };
  const forms = ['continue', 'sign-in', 'code', 'way', 'stop', 'forget-key'];
  const { bot } = firm;
  const tries: [what: string, ask: () => Promise<Response>][] = [
    ['another browser', () => get(url, other)],
    ['an unknown link', () => get(`${bot.url}/link/${'x'.repeat(43)}`)],
    ['an unknown picture', () => get(`${bot.url}/pictures/${'x'.repeat(43)}`)],
    ['a picture outside its folder', () => get(`${bot.url}/pictures/..%2f..%2ffirm.db`)],
    ['the control of a portal', () => post(`${bot.url}/control/ledger`, {})],
    ['events without a signature', () => post(`${bot.url}/slack/events`, { payload: '{}' })],
    ...forms.flatMap((form): [string, () => Promise<Response>][] => [
      [`${form} without a proof`, () => post(`${url}/${form}`, {})],
      [`${form} with another's`, () => post(`${url}/${form}`, { proof: 'forged' }, other)],
      [
        `${form} from another site`,
        () => post(`${url}/${form}`, {}, { ...other, 'sec-fetch-site': 'cross-site' }),
      ],
    ]),
  ];
  let through = 0;
  for (const [what, ask] of tries) {
    const response = await ask();
    const text = await response.text();
    const isForm = text.includes('type="password"') || text.includes('name="code"');
    if (response.status < 500 && !isForm && (await state()) === was) continue;
    through += 1;
    say(`${what}: ${response.status}`);
  }
  return { tried: tries.length, through, served };
};
