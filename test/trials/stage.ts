import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Browser } from 'playwright';
import { PORTAL_SEED } from '#simulator/firm.ts';
import { readPortalData } from '#simulator/portals/data.ts';
import type { LocalMessage, LocalView } from '#simulator/workspace/protocol.ts';
import { drawView, namesOf } from '#simulator/workspace/transcript.ts';
import { startFirm, type FirmOptions, type TestFirm } from '#test/support/firm.ts';
import { processNames } from '#test/support/where.ts';

/** One thing the tour shows, from what a person does to how it ended. */
export interface Story {
  name: string;
  about: string;
  /** A firm unlike the usual one. */
  firm?: FirmOptions;
  /** How it ended, in a sentence. Throws what went wrong. */
  tell: (stage: Stage) => Promise<string>;
}

/** A firm of its own for one story, and the teller's voice. */
export interface Stage extends AsyncDisposable {
  firm: TestFirm;
  /** The person's own browser, for the link page. */
  browser: () => Promise<Browser>;
  /** What somebody does. */
  say: (line: string) => void;
  /** What somebody sees, indented. */
  show: (text: string) => void;
  /** A proof: throws unless what is seen is what is wanted. */
  prove: (what: string, seen: unknown, wanted: unknown) => void;
}

export const openStage = async (
  print: (text: string) => void,
  browser: () => Promise<Browser>,
  options: FirmOptions = {},
): Promise<Stage> => {
  const firm = await startFirm(options);
  for (const name of processNames('worker', options.where?.workers ?? 1))
    // A child has the clock of the machine.
    if (options.clock === undefined) firm.workAsChild(name);
    else await firm.work(undefined, { name });
  return {
    firm,
    browser,
    say: (line) => print(`  ${line}`),
    show: (text) => print(`\n${text.replace(/^(?=.)/gm, '    | ')}\n`),
    prove: (what, seen, wanted) => {
      if (!isDeepStrictEqual(seen, wanted))
        throw new Error(`${what}: wanted ${JSON.stringify(wanted)}, saw ${JSON.stringify(seen)}`);
      print(`  ✓ ${what}`);
    },
    [Symbol.asyncDispose]: () => firm[Symbol.asyncDispose](),
  };
};

export const TEAM = 'CTEAM0001';
export const ANA = 'UANARUIZ1';
export const BEN = 'UBENCART1';

export const drawModal = async (
  { firm }: Pick<Stage, 'firm'>,
  as: string,
  view: LocalView,
): Promise<string> => drawView(view, namesOf(await firm.client.state(as)));

/** The reply beneath this card that says so. */
export const replyWith = (
  { firm }: Pick<Stage, 'firm'>,
  as: string,
  card: LocalMessage,
  words: string,
): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as,
    channel: card.channel,
    thread: card.ts,
    what: `a reply that says "${words}"`,
    that: ({ threadTs, text }) => threadTs === card.ts && text.includes(words),
    ms: 60_000,
  });

/** What became of the syncs that people asked for of this policy, oldest first. */
export const syncsOf = ({ firm }: Pick<Stage, 'firm'>, number: string) =>
  firm.db
    .selectFrom('sync as s')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .innerJoin('request_sync as rs', 'rs.sync_id', 's.id')
    .select(['s.status', 's.reason'])
    .where('p.number', '=', number)
    .orderBy('s.id')
    .execute();

/** What the carrier knows of the login behind a source: what its holder would type. */
export const loginOf = (source: string): { user: string; password: string } => {
  const login = readPortalData(PORTAL_SEED).logins.find((each) => each.source === source);
  if (login === undefined) throw new Error(`No portal login belongs to ${source}.`);
  return login;
};

/** Waits until what is asked is there, for what no message in Slack announces. */
export const until = async <T>(
  what: string,
  read: () => Promise<T | undefined>,
  ms = 120_000,
): Promise<T> => {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`Waited ${ms / 1000} s for ${what}.`);
    await pause(100);
  }
};
