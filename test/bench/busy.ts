import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { isOpen } from '#database/dialect.ts';
import { policiesToCome } from '#core/sessions/store/days-to-come.ts';
import { changesOf } from '#simulator/workspace/changes.ts';
import type { TestFirm } from '#test/support/firm.ts';
import type { LargeFirm } from './large-firm.ts';
import { ANA, startAtWork, TEAM, type FirmAtWork } from './at-work.ts';
import { drawForty } from './card-of-forty.ts';
import { atMost, percentile, type Figure } from './figure.ts';
import { READ_MS } from './waiting-portals.ts';

/** Slack's servers are this far away, there and back. */
const API_MS = 100;
const EVERY_MS = 20;
const SLOTS = 4;
const FORCED = 40;
const REPEATS = 10;

/** Resolves when the bot has acknowledged it. */
const command = async ({ local }: TestFirm, text: string): Promise<void> => {
  const response = await fetch(`${local.workspace.url}/local/command`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ as: ANA, channel: TEAM, text }),
  });
  const { problem } = (await response.json()) as { problem?: string };
  // Slack gives it up after three seconds: that is its time then, and it is told.
  if (problem !== undefined) process.stderr.write(`"${text}" was not acknowledged: ${problem}\n`);
};

type Say = (figure: Figure) => void;

/** Types a command every EVERY_MS until `goOn` says no; how long each waited for its ack, ms. */
export const typeOn = async (
  { firm }: FirmAtWork,
  text: (nth: number) => string,
  goOn: (nth: number) => boolean,
): Promise<number[]> => {
  const acks: Promise<number>[] = [];
  const began = performance.now();
  for (let nth = 0; goOn(nth); nth += 1) {
    const typed = performance.now();
    acks.push(command(firm, text(nth)).then(() => performance.now() - typed));
    await sleep(Math.max(0, began + (nth + 1) * EVERY_MS - performance.now()));
  }
  return Promise.all(acks);
};

const acksAt = (when: string, acks: readonly number[]): Figure[] => [
  atMost(
    `ack of ${acks.length} commands at 50 a second, ${when}: p50`,
    percentile(acks, 0.5),
    'ms',
    50,
  ),
  atMost(
    `ack of ${acks.length} commands at 50 a second, ${when}: p99`,
    percentile(acks, 0.99),
    'ms',
    50,
  ),
];

/** Every act of docs/slack.md's table that is answered with a message; each with another word than the one before. */
const ANSWERED: readonly ((number: string, nth: number) => string)[] = [
  (number) => `policy ${number}`,
  (number) => number,
  (_number, nth) => `person${nth} family${nth % 997}`,
  (_number, nth) => `policy 99999-${nth}`,
  () => 'status',
  () => 'sources',
  () => 'meetings',
  () => 'digest',
  () => 'report',
  () => 'team',
  () => 'help',
  (number) => `history ${number}`,
  () => 'hold carrier',
  () => 'contact',
  () => 'policy',
];

/** From the typing to the first thing that changes for the person: a message, a modal. */
const answerMs = async ({ firm }: FirmAtWork, text: string): Promise<number> => {
  const over = new AbortController();
  const changes = changesOf(
    `${firm.local.workspace.url}/local/events?as=${ANA}`,
    AbortSignal.any([over.signal, AbortSignal.timeout(20_000)]),
  );
  // It yields once at once, and then at each change.
  await changes.next();
  const typed = performance.now();
  const acked = command(firm, `/sync ${text}`);
  await changes.next();
  const answered = performance.now() - typed;
  await acked;
  over.abort();
  return answered;
};

/** From a command to its first request at the portal, ms. */
export const forceOne = async (work: FirmAtWork, number: string): Promise<number> => {
  const typed = performance.now();
  await command(work.firm, `/sync ${number}`);
  for (;;) {
    const at = work.readAt(number) ?? 0;
    // The background may be reading that very policy: its read is the person's then.
    if (at > typed - READ_MS) return Math.max(0, at - typed);
    if (performance.now() - typed > 60_000) throw new Error(`${number} was not read.`);
    await sleep(5);
  }
};

const until = async (what: string, that: () => Promise<boolean>): Promise<void> => {
  const began = performance.now();
  while (!(await that())) {
    if (performance.now() - began > 60_000) throw new Error(`${what} did not come about.`);
    await sleep(100);
  }
};

/** At least so many policies wait, and every slot reads one. */
const expectWaiting = async ({ firm, workers }: FirmAtWork, least: number): Promise<void> => {
  const count = async (status: 'queued' | 'in-progress'): Promise<number> =>
    (
      await sql<{ n: number }>`select count(*) as n from sync
        where ${isOpen()} and status = ${sql.lit(status)}`.execute(firm.db)
    ).rows[0]?.n ?? 0;
  const waiting =
    (await count('queued')) +
    (await policiesToCome({ db: firm.db, clock: Date.now }, { most: Number.MAX_SAFE_INTEGER }));
  if (waiting < least) throw new Error(`${waiting} policies wait, not ${least}.`);
  return until('work in every slot', async () => (await count('in-progress')) >= SLOTS * workers);
};

const quiet = async ({ firm }: FirmAtWork): Promise<void> => {
  for (let before = -1; ;) {
    const calls = (await firm.client.calls()).length;
    if (calls === before) return;
    before = calls;
    await sleep(500);
  }
};

/** What people wait for while the firm of this size works, beside its day and with every slot busy. */
export const measureBusy = async (large: LargeFirm, say: Say): Promise<void> => {
  await using work = await startAtWork(large);
  const { firm, numbers } = work;
  const next = numbers[Symbol.iterator]();
  const take = (): string => {
    const { value, done } = next.next();
    if (done === true) throw new Error('The firm has too few policies for this.');
    return value;
  };

  const answers: number[] = [];
  for (let nth = 0; nth < REPEATS; nth += 1)
    for (const each of ANSWERED) {
      answers.push(await answerMs(work, each(take(), nth)));
      await quiet(work);
    }
  say(
    atMost(
      `answer of ${answers.length} acts of every kind: p50`,
      percentile(answers, 0.5),
      'ms',
      300,
    ),
  );
  say(
    atMost(
      `answer of ${answers.length} acts of every kind: p99`,
      percentile(answers, 0.99),
      'ms',
      300,
    ),
  );

  await firm.client.faults({ delayMs: API_MS });
  const calm = await typeOn(
    work,
    () => `/sync 99999-${Math.random()}`,
    (nth) => nth < 500,
  );
  for (const figure of acksAt('in calm', calm)) say(figure);

  await quiet(work);
  let isDrawn = false;
  const drawing = drawForty(firm, TEAM).finally(() => {
    isDrawn = true;
  });
  const beside = await typeOn(
    work,
    () => `/sync 99999-${Math.random()}`,
    () => !isDrawn,
  );
  await drawing;
  for (const figure of acksAt('while a card of 40 policies is drawn 40 times', beside)) say(figure);

  await quiet(work);
  const began = performance.now();
  let tookMs: number | undefined;
  // Where there are several, each begins it.
  const day = Promise.all(firm.bots.map((bot) => bot.beat())).finally(() => {
    tookMs = performance.now() - began;
  });
  const during = await typeOn(
    work,
    () => `/sync 99999-${Math.random()}`,
    (nth) => tookMs === undefined || nth < 500,
  );
  await day;
  say(
    atMost(
      'the day of the whole firm begun, beside commands',
      (tookMs ?? Infinity) / 1000,
      's',
      10,
    ),
  );
  for (const figure of acksAt('from when the day begins', during)) say(figure);

  await firm.client.faults({});
  await quiet(work);
  await work.work(SLOTS);
  const least = large.policies / 2;
  await expectWaiting(work, least);
  const waits: number[] = [];
  for (let nth = 0; nth < FORCED; nth += 1) waits.push((await forceOne(work, take())) - READ_MS);
  const what = `a force sync behind more than ${least} of the day, begins beyond one read`;
  say(atMost(`${what}: p50`, percentile(waits, 0.5), 'ms', 50));
  say(atMost(`${what}: p99`, percentile(waits, 0.99), 'ms', 50));
};
