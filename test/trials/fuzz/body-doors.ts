import { App } from '@slack/bolt';
import * as fc from 'fast-check';
import { openDatabase } from '#database/connection.ts';
import { deduplicate } from '#slack/dedupe.ts';
import type { SlackDeps } from '#slack/deps.ts';
import {
  click,
  listenToClicks,
  listenToSearches,
  listenToSubmissions,
  submission,
} from '#slack/listen.ts';
import { answerUnheard } from '#slack/unheard.ts';
import { parseClick, parsePicker } from '#core/requests/click-values.ts';
import { stale } from '#slack/answers.ts';
import { openLinkSite } from '#test/support/link-site.ts';
import { fieldOf, openBrowser } from '#test/support/link-forms.ts';
import { silent } from '#test/support/silent.ts';
import type { Target } from './targets.ts';
import { jsonOf, textOf } from './texts.ts';

const NEVER_TOO_MANY = { posts: 1e9, visits: 1e9 };

/** A link page that is at its fields, in the browser that it is tied to. */
const openFields = async () => {
  const site = await openLinkSite({ web: { limits: NEVER_TOO_MANY } });
  const { url, linkId } = await site.issue();
  const path = new URL(url).pathname;
  const { visit, header } = openBrowser(site.origin);
  const proofOf = async (): Promise<string> => fieldOf(await visit(path), 'proof');
  await visit(`${path}/continue`, { proof: await proofOf() });
  const { db } = site.firm;
  await db.updateTable('link').set({ confirmed_at: Date.now() }).where('id', '=', linkId).execute();
  const page = await visit(path);
  return {
    site,
    path,
    header,
    proof: fieldOf(page, 'proof'),
    after: fieldOf(page, 'after'),
  };
};
let fields: ReturnType<typeof openFields> | undefined;

const FORMS = [
  'continue',
  'sign-in',
  'code',
  'way',
  'forget-key',
  'sign-in',
  'sign-in',
  '%00',
  'state',
] as const;
const KINDS = [
  'application/x-www-form-urlencoded',
  'application/json',
  'text/plain',
  'multipart/form-data',
];

/** Whatever is sent is answered with a page; one that says the server is broken is a crash. */
const sendForm = async (sent: { form: string; kind: string; raw: boolean; user: string }) => {
  fields ??= openFields();
  const { site, path, header, proof, after } = await fields;
  // With no password, so that the fields stay.
  const own = new URLSearchParams({ proof, after, 'field-user': sent.user }).toString();
  const response = await fetch(`${site.origin}${path}/${sent.form}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': sent.kind, cookie: header() },
    body: sent.raw ? sent.user : own,
  });
  await response.text();
  if (response.status >= 500)
    throw new Error(`The page answered ${response.status}: ${site.log.at(-1)}`);
};

const noSlack = 'http://127.0.0.1:1/';

/** What listens to Slack, with nobody at the other end. */
const openEars = async () => {
  const db = await openDatabase(':memory:');
  await db
    .insertInto('person')
    .values({ id: 'dana', name: 'Dana', role: 'owner', slack_user_id: 'U0DANA' })
    .execute();
  const app = new App({
    receiver: {
      init: () => undefined,
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    },
    authorize: () => Promise.resolve({ botToken: 'xoxb-none', botId: 'B0', botUserId: 'U0BOT' }),
    clientOptions: { slackApiUrl: noSlack, retryConfig: { retries: 0 } },
    logger: silent,
  });
  let failure: unknown;
  app.error((error) => {
    failure = error;
    return Promise.resolve();
  });
  const store = { db, clock: Date.now };
  const deps = {
    store,
    members: {
      look: () => Promise.resolve({ id: 'U0DANA', team_id: 'T1' }),
      forget: () => undefined,
    },
    teamId: 'T1',
    settings: { command: '/sync', threads: 'channel', publicUrl: undefined },
    teller: app.client,
    log: () => undefined,
  } as unknown as SlackDeps;
  listenToClicks(app, deps, [click(/^a/, parseClick, () => Promise.resolve(stale()), 'in-place')]);
  listenToSubmissions(app, deps, [
    submission(/^a/, 'b', parsePicker, (_deps, { field }) =>
      Promise.resolve(field('b').value ? {} : { error: { answer: stale() } }),
    ),
  ]);
  listenToSearches(app, deps, { a: () => Promise.resolve([]) });
  deduplicate(app, store, () => Promise.resolve());
  answerUnheard(app, { client: app.client, failed: new WeakSet(), say: () => Promise.resolve() });
  return {
    send: async (body: Record<string, unknown>): Promise<void> => {
      failure = undefined;
      await app.processEvent({ body, ack: () => Promise.resolve() });
      if (failure !== undefined) throw failure;
    },
  };
};
let ears: ReturnType<typeof openEars> | undefined;

/** A slip of ours, and no refusal: what Bolt does with what Slack never sends is its own. */
const isSlip = (error: unknown): boolean => {
  if (!(error instanceof Error)) return true;
  if ('original' in error) return isSlip(error.original);
  const isSlipOfSomebody = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  const from = error.stack?.split('\n').find((line) => /^ {4}at /.test(line));
  return isSlipOfSomebody && from?.includes('node_modules') !== true;
};

const CARD = JSON.stringify({ request: 'r', sync: 's' });
const odd = fc.oneof(textOf(200), fc.jsonValue({ maxDepth: 2 }));
/** As Slack sends it, with one part or another that is something else. */
const or = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd });
const bodies = fc.record(
  {
    type: or(
      fc.constantFrom(
        'block_actions',
        'view_submission',
        'block_suggestion',
        'shortcut',
        'message_action',
        'event_callback',
      ),
    ),
    team: or(fc.constant({ id: 'T1' })),
    user: or(fc.constant({ id: 'U0DANA' })),
    event_id: odd,
    action_id: or(fc.constant('a')),
    callback_id: odd,
    value: odd,
    event: or(
      fc.record({
        type: fc.constantFrom('message', 'app_mention', 'function_executed'),
        channel_type: odd,
        user: odd,
        text: odd,
      }),
    ),
    container: or(fc.record({ type: odd, message_ts: odd, channel_id: odd })),
    actions: or(
      fc.array(
        fc.record({
          action_id: or(fc.constant('a')),
          action_ts: odd,
          type: or(fc.constant('button')),
          value: or(fc.oneof(jsonOf(), fc.constant(CARD))),
        }),
        { maxLength: 2 },
      ),
    ),
    view: or(
      fc.record({
        id: odd,
        callback_id: or(fc.constant('a')),
        private_metadata: or(jsonOf()),
        state: or(fc.record({ values: or(fc.constant({ b: { b: { value: 'x' } } })) })),
      }),
    ),
  },
  { requiredKeys: ['type', 'team', 'user'] },
);

export const BODY_DOORS: readonly Target[] = [
  {
    name: 'forms of the link page',
    share: 0.005,
    texts: fc
      .record({
        form: fc.constantFrom(...FORMS),
        kind: fc.constantFrom(...KINDS),
        raw: fc.boolean(),
        user: textOf(20_000),
      })
      .map((value) => JSON.stringify(value)),
    put: (text) => sendForm(JSON.parse(text) as Parameters<typeof sendForm>[0]),
  },
  {
    name: "bodies of Slack's envelopes",
    share: 0.01,
    texts: bodies.map((value) => JSON.stringify(value)),
    put: async (text) => {
      ears ??= openEars();
      const { send } = await ears;
      await send(JSON.parse(text) as Record<string, unknown>).catch((error: unknown) => {
        if (isSlip(error)) throw error;
      });
    },
  },
];
