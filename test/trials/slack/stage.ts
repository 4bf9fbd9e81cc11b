import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import type { Clock } from '#shared/clock.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';
import { scriptPortals, type ScriptedPortals } from '#test/support/scripted-portals.ts';
import { processNames, type Where } from '#test/support/where.ts';

export const [ANA, BEN, MARCUS, OLIVIA, SAM] = [
  'UANARUIZ1',
  'UBENCART1',
  'UMARCUS01',
  'UOLIVIA01',
  'USAMOKAF1',
] as const;
export const TEAM = 'CTEAM0001';
export const SUPPORT = 'CSUPPORT1';
export const PEOPLE = [ANA, BEN, MARCUS, OLIVIA, SAM];

/** A Wednesday morning in New York; time goes on from there. */
const BEGIN = Date.parse('2026-03-04T15:00:00Z');
/** Stages that run side by side name no two messages alike. */
const APART_MS = 20 * 60_000;
const SIDE_BY_SIDE = 6;
let stages = 0;
/** A machine may be busy. */
const READY_MS = 60_000;
const AGAIN_MS = 200;

export interface SlackStage extends AsyncDisposable {
  firm: TestFirm;
  clock: Clock;
  at: ScriptedPortals;
  /** Types a command, and again where the machine is too busy for an ack, as people do. */
  asks: (as: string, channel: string, text: string) => Promise<void>;
  /** Every message of the bot that stands in a place, replies included; `dm` and a person for theirs. */
  told: (channel: string, as: string) => Promise<LocalMessage[]>;
  /** Waits for a message of the bot that says so, in a thread about this when it is named. */
  read: (as: string, channel: string, words: string, about?: string) => Promise<LocalMessage>;
}

export const readStage = async ({
  hidesValues = false,
  where,
}: { hidesValues?: boolean; where?: Where | undefined } = {}): Promise<SlackStage> => {
  const began = Date.now();
  const begin = BEGIN + (stages % SIDE_BY_SIDE) * APART_MS;
  stages += 1;
  const clock = (): number => begin + Date.now() - began;
  await using stack = new AsyncDisposableStack();
  const firm = stack.use(
    await startFirm({
      clock,
      slots: 3,
      where,
      ...(hidesValues ? { config: { channelValues: 'hidden' } } : {}),
    }),
  );
  const at = scriptPortals(firm.facts, clock);
  stack.defer(() => at.releaseAll());
  // With one login each, a command of theirs is answered without a question.
  await sql`delete from source_share where source_id in (
    select id from login_source where carrier_id = 'northbridge-life')`.execute(firm.db);
  for (const name of processNames('worker', where?.workers ?? 1))
    await firm.work(at.portals, { name });

  const told: SlackStage['told'] = async (channel, as) => {
    const id = (await firm.client.resolve(as, channel)).channel;
    const roots = await firm.client.messages(as, id);
    const threads = roots.filter(({ replyCount }) => replyCount > 0);
    const replies = await Promise.all(threads.map(({ ts }) => firm.client.messages(as, id, ts)));
    return [...roots, ...replies.flat().filter(({ ts, threadTs }) => threadTs !== ts)]
      .filter(({ user }) => user === 'USYNCBOT1')
      .filter((message, index, all) => all.findIndex(({ ts }) => ts === message.ts) === index);
  };
  const owned = stack.move();
  return {
    firm,
    clock,
    at,
    told,
    asks: async (as, channel, text) => {
      while (!(await firm.client.command(as, channel, text)).ok) await sleep(AGAIN_MS);
    },
    read: (as, channel, words, about = '') =>
      firm.client.waitFor({
        as,
        what: `"${words}" in ${channel}`,
        ms: READY_MS,
        read: async () => {
          const all = await told(channel, as);
          return all.findLast(
            ({ text, blocks, threadTs }) =>
              JSON.stringify([text, blocks]).includes(words) &&
              `${text} ${all.find(({ ts }) => ts === threadTs)?.text}`.includes(about),
          );
        },
        seen: async () =>
          (await told(channel, as)).map(({ text }) => text.slice(0, 200)).join('\n'),
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

/** Nothing that is asked or told waits for Slack any more. */
export const everythingShown = async ({ firm: { db } }: SlackStage): Promise<boolean> => {
  for (const table of ['request', 'notification', 'support_case'] as const) {
    const { rows } = await sql`select id from ${sql.table(table)}
      where shown_version < version limit 1`.execute(db);
    if (rows.length > 0) return false;
  }
  return true;
};

/** The same fact, whatever Slack says of the channel meanwhile. */
const CARD_COMES =
  /(Follow (?:its|their) card here|The card (is in|comes here or in) our direct messages|Its card comes in|<[^|>\n]+\|Its card> is in)[^\n]*/g;

/** Times and ids differ from run to run; nothing else may. */
const normalized = (text: string): string =>
  text
    // First, as an address holds what looks like a time, and a card is known by its address.
    .replaceAll(CARD_COMES, '<its card>')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+[^\s|>]*/g, '<address>')
    .replaceAll(/<!date\^\d+\^[^>]*>/g, '<time>')
    .replaceAll(/\b\d{1,2}:\d\d ?(AM|PM)?( E[SD]T)?/g, '<time>')
    .replaceAll(/\b(in|about|for) (a few|\d+) (seconds?|minutes?)/g, '$1 <while>')
    .replaceAll(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, '<id>')
    // A list of logins counts at its moment what another act has asked for.
    .replaceAll(/ · \d+ syncs? waiting/g, '');

/** A person who reads this asks again. */
export const REFUSED = ['That did not work just now', "or that I can't look into. Ask me"];

/** These count what there is at their moment. */
const OF_ITS_MOMENT = /^(Digest of|Your book)/;

/** What Slack never confirmed is said again with this, so that it stands there twice at most. */
const SAID_AGAIN = /\s*Slack did not confirm it the first time, so it may be here twice\./;

/** What stands in Slack at the end, a line a message: where, for whom, and its text. */
export const transcriptOf = async (stage: SlackStage): Promise<string[]> => {
  const [lines, again]: [string[], string[]] = [[], []];
  const places = [
    ...PEOPLE.map((as) => ({ as, channel: 'dm' })),
    ...PEOPLE.slice(0, 4).map((as) => ({ as, channel: TEAM })),
    { as: SAM, channel: SUPPORT },
  ];
  for (const { as, channel } of places) {
    const messages = await stage.told(channel, as);
    for (const { text, ephemeral } of messages) {
      // What all see in the channel is told once, not once a person.
      if (channel === TEAM && !ephemeral && as !== ANA) continue;
      const whose = ephemeral ? ` to ${as}` : '';
      if (REFUSED.some((words) => text.includes(words))) continue;
      // While Slack does not say what a channel is, a card goes to the person; that is as good.
      const place = ephemeral || channel === SUPPORT ? channel : '';
      const said = text.replace(SAID_AGAIN, '');
      const line = normalized(`${place}${whose}: ${OF_ITS_MOMENT.exec(said)?.[0] ?? said}`);
      (ephemeral && said !== text ? again : lines).push(line);
    }
  }
  for (const line of again) if (!lines.includes(line)) lines.push(line);
  return lines.toSorted();
};
