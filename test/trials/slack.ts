import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActAnswer } from '#simulator/workspace/protocol.ts';
import { ackTimes } from './slack/acks.ts';
import { ASKING, PRESSING, type Act } from './slack/acts.ts';
import { CONVERSATION } from './slack/conversation.ts';
import { MINUTES, SLACK_FAULTS, type SlackFault } from './slack/faults.ts';
import {
  everythingShown,
  readStage,
  REFUSED,
  transcriptOf,
  type SlackStage,
} from './slack/stage.ts';
import { LOGINS } from './slack/logins.ts';
import { READINGS } from './slack/readings.ts';
import { A_CASE, MORE_WINDOWS, WINDOWS } from './slack/windows.ts';
import { figuresOf, type Trial, type TrialRun } from './trial.ts';

interface Round {
  name: string;
  acts: readonly Act[];
  /** Amounts stay out of channels. */
  hidesValues?: true;
}

/** Each in a firm of its own: what a round prepares is ready before anything goes wrong. */
const ROUNDS: readonly Round[] = [
  { name: 'asking', acts: [...ASKING, A_CASE] },
  { name: 'pressing', acts: PRESSING },
  { name: 'windows', acts: WINDOWS },
  { name: 'more windows', acts: MORE_WINDOWS },
  { name: 'logins', acts: LOGINS },
  { name: 'readings', acts: READINGS, hidesValues: true },
  { name: 'conversation', acts: CONVERSATION },
];

/** Slack is well by then, and an answer is said again each minute; what is not there after that is lost. */
const PATIENCE_MS = 120_000;
/** Nothing more is heard then by itself. */
const QUIET_MS = 12_000;
const LOOK_EVERY_MS = 200;
const MOST_TRIES = 20;
const LOOKS_MS = 3000;
/** A machine that is busy with other things acknowledges too late already. */
const atOnce = (): number => ((loadavg()[0] ?? 0) < availableParallelism() ? 2 : 1);
/** Of each round after the first: what a whole minute does is seen in that one. */
const REPEATED_MS = 5000;
/** Shorter than what Slack waits for an ack. */
const ALL_SENT_MS = 800;
/** Of all acts: Slack's own trouble costs few people a second try. */
const MOST_AGAIN = 0.05;
/** These take a few seconds each. */
const IN_SHORT: Record<string, readonly string[]> = {
  asking: ['answers lost', 'envelopes three times', 'channel archived'],
  windows: ['answers lost', 'envelopes in reverse'],
  logins: ['answers lost'],
  readings: ['answers lost'],
};
const CALM: SlackFault = {
  name: 'calm',
  lasts: [0, 0],
  begin: () => undefined,
  end: () => undefined,
};

interface Played {
  transcript: string[];
  /** Acts that Slack acknowledged and whose end never came. */
  lost: string[];
  /** Acts that Slack or the bot said had failed, which their person did again. */
  repeated: number;
}

const isTold = async (stage: SlackStage, { as, ends }: Act): Promise<boolean> =>
  'done' in ends
    ? ends.done(stage)
    : (await stage.told(ends.channel, ends.by ?? as)).some(({ text, blocks }) =>
        JSON.stringify([text, blocks]).includes(ends.words),
      );

/** The bot said that it could not, and what to do: that counts for each act of theirs in the channel. */
const isRefused = async (stage: SlackStage, { as, ends }: Act): Promise<boolean> =>
  (await stage.told(ends.channel, as)).some(
    ({ text, ephemeral }) => ephemeral && REFUSED.some((words) => text.includes(words)),
  );

/** A card that the channel could not get is in its person's direct messages. */
const isTheEndTold = async (stage: SlackStage, act: Act): Promise<boolean> =>
  (await isTold(stage, act)) || isTold(stage, { ...act, ends: { ...act.ends, channel: 'dm' } });

/** Slack says that an act failed which was acknowledged too late: its person sees in a while what came of it. */
const cameAllTheSame = async (stage: SlackStage, act: Act): Promise<boolean> => {
  const until = performance.now() + LOOKS_MS;
  while (performance.now() < until) {
    if (await isTheEndTold(stage, act)) return true;
    await sleep(LOOK_EVERY_MS);
  }
  return false;
};

/** A button that is gone by then was pressed after all: its end comes by itself, or the act is lost. */
const again = (
  stage: SlackStage,
  { act, prepared }: { act: Act; prepared: string },
): Promise<ActAnswer> => act.act(stage, prepared).catch(() => ({ ok: true }));

/** Who reads of a failure does it again, and again where the machine is too busy for an ack in time. */
const untilTaken = async (
  stage: SlackStage,
  { act, prepared }: { act: Act; prepared: string },
): Promise<void> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (await cameAllTheSame(stage, act)) return;
    if ((await again(stage, { act, prepared })).ok) return;
    await sleep(LOOK_EVERY_MS);
  }
};

const play = async (
  { acts, hidesValues }: Round,
  fault: SlackFault,
  ms: number,
  { say, where }: Pick<TrialRun, 'say' | 'where'>,
  calm?: readonly string[],
): Promise<Played> => {
  await using stage = await readStage({ hidesValues: hidesValues === true, where });
  const ready: { act: Act; prepared: string }[] = [];
  for (const act of acts) ready.push({ act, prepared: (await act.prepare?.(stage)) ?? '' });
  for (const { act } of ready)
    if (await isTheEndTold(stage, act))
      throw new Error(`What ends "${act.name}" is there before it: another act would pass for it.`);
  await fault.begin(stage);
  const failed: typeof ready = [];
  const tryIt = async (each: (typeof ready)[number]): Promise<void> => {
    const answer: ActAnswer = await each.act.act(stage, each.prepared);
    if (!answer.ok) failed.push(each);
  };
  if (fault.together === true) {
    const all = ready.map(tryIt);
    await sleep(ALL_SENT_MS);
    await fault.meanwhile?.(stage);
    await Promise.all(all);
  } else {
    for (const each of ready) await tryIt(each);
    await fault.meanwhile?.(stage);
  }
  await sleep(ms);
  await fault.end(stage);
  for (const each of failed) await untilTaken(stage, each);
  stage.at.releaseAll();
  const repeated = new Set<Act>();
  let movedAt = performance.now();

  const deadline = performance.now() + PATIENCE_MS;
  let open: Act[] = ready.map(({ act }) => act);
  while (open.length > 0 && performance.now() < deadline) {
    const told = await Promise.all(open.map((act) => isTheEndTold(stage, act)));
    const still = open.filter((_, index) => told[index] !== true);
    if (still.length < open.length) movedAt = performance.now();
    open = still;
    // What is still being said again comes first.
    if (performance.now() - movedAt > Math.max(QUIET_MS, ms)) {
      for (const each of ready)
        if (
          open.includes(each.act) &&
          !repeated.has(each.act) &&
          (await isRefused(stage, each.act))
        ) {
          repeated.add(each.act);
          await again(stage, each);
        }
      movedAt = performance.now();
    }
    if (open.length > 0) await sleep(LOOK_EVERY_MS);
  }
  const isQuiet = async (): Promise<boolean> =>
    (await everythingShown(stage)) &&
    (calm === undefined || missingOf(calm, await transcriptOf(stage), fault).length === 0);
  while (!(await isQuiet()) && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
  if (open.length > 0) for (const line of stage.firm.logged().slice(-5)) say(line.slice(0, 400));
  return {
    transcript: await transcriptOf(stage),
    lost: open.map(({ name }) => name),
    repeated: failed.length + repeated.size,
  };
};

/** What the one has more than the other, each as often as it has. */
const more = (these: readonly string[], those: readonly string[]): string[] => {
  const left = [...those];
  return these.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

/** What every answer says first is said again by the card. */
const IS_CARD_ANNOUNCED = /<its card>/;

/** One in a channel that is closed changes no more: the reply that ends it is read elsewhere. */
const IS_CARD = /^Through .* · asked by /m;

/** Where a line stands, and whom it is for. */
const PLACE = /^[^:\n]*: /;

/** What only calm has; where what was for the channel is read elsewhere, wherever it stands. */
const missingOf = (
  calm: readonly string[],
  played: readonly string[],
  { moves }: SlackFault,
): string[] => {
  const [was, is] = [calm, played].map((lines) =>
    moves === true ? lines.map((line) => line.replace(PLACE, '')) : lines,
  );
  return more(was ?? [], is ?? []).filter(
    (line) => !IS_CARD_ANNOUNCED.test(line) && !(moves === true && IS_CARD.test(line)),
  );
};

export const slack: Trial = {
  name: 'slack',
  about: 'What people type and press, while Slack loses, limits, repeats and refuses.',
  livesAnywhere: true,
  run: async (run) => {
    const { seed, short, say, where } = run;
    const figure = figuresOf('slack');
    const lost: string[] = [];
    const [doubled, missing]: [string[], string[]] = [[], []];
    let [acts, repeated] = [0, 0];
    // Before the firms of the faults, since each leaves something of itself in this process.
    const acks = await ackTimes(seed, short ? 20 : 400, where);
    for (const round of ROUNDS) {
      if (short && IN_SHORT[round.name] === undefined) continue;
      const calm = await play(round, CALM, 0, run);
      if (calm.lost.length > 0)
        throw new Error(`In calm, nothing came of: ${calm.lost.join(', ')}`);
      const lasting = ({ lasts: [full, inShort] }: SlackFault): number => {
        if (short) return inShort;
        return round === ROUNDS[0] ? full : Math.min(full, REPEATED_MS);
      };
      const suffer = async (fault: SlackFault): Promise<void> => {
        const began = performance.now();
        const played = await play(round, fault, lasting(fault), run, calm.transcript);
        acts += round.acts.length;
        repeated += played.repeated;
        lost.push(...played.lost.map((name) => `${name} (${fault.name})`));
        const tooMany = fault.moves
          ? twice(played.transcript)
          : more(played.transcript, calm.transcript);
        const tooFew = missingOf(calm.transcript, played.transcript, fault);
        doubled.push(...tooMany);
        missing.push(...tooFew);
        for (const line of tooMany) say(`not in calm, but ${fault.name}: ${line}`);
        for (const line of tooFew) say(`only in calm, and not ${fault.name}: ${line}`);
        say(
          `${round.name}, ${fault.name}: ${played.lost.length} lost, ${played.repeated} asked again, ${Math.round((performance.now() - began) / 1000)} s`,
        );
      };
      const faults = SLACK_FAULTS.filter(
        ({ name, moves }) =>
          (moves !== true || round === ROUNDS[0]) &&
          (!short || IN_SHORT[round.name]?.includes(name) === true),
      );
      // Those of minutes mostly wait, and suffer beside the others. So may two more firms where the machine is idle.
      const [long, others] = [true, false].map((isLong) =>
        faults.filter((fault) => lasting(fault) >= MINUTES === isLong),
      );
      const next = (others ?? []).values();
      const goOn = async (): Promise<void> => {
        for (const fault of next) await suffer(fault);
      };
      await Promise.all([...(long ?? []).map(suffer), ...Array.from({ length: atOnce() }, goOn)]);
    }
    for (const name of lost) say(`lost: ${name}`);
    return [
      figure('acts under a fault', acts, 'acts', '>=', 1),
      figure(
        'acts that people were told to do again',
        repeated,
        'acts',
        '<=',
        // A short form runs beside other tests, where an ack is late for no fault of the bot's.
        short ? acts : Math.ceil(acts * MOST_AGAIN),
      ),
      figure('lost', lost.length, 'acts', '=', 0),
      figure('messages that are not there in calm', doubled.length, 'messages', '=', 0),
      figure('messages that only calm has', missing.length, 'messages', '=', 0),
      figure('ack p50 while the Web API takes 100 ms', acks.p50, 'ms', '<=', 50),
      figure('ack p99 while the Web API takes 100 ms', acks.p99, 'ms', '<=', 50),
      figure('acks that were measured', acks.count, 'acks', '>=', 1),
    ];
  },
};

/** Final replies that stand there more than once. */
const twice = (lines: readonly string[]): string[] =>
  lines.filter((line, index) => line.includes('<@') && lines.indexOf(line) !== index);
