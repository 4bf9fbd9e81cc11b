import { setTimeout as sleep } from 'node:timers/promises';
import { ON_SQLITE } from '#test/support/where.ts';
import { figuresOf, randomOf, type Figure, type Trial } from '../trial.ts';
import { accountOf } from './account.ts';
import { openRequests, untilAnswered } from './answers.ts';
import { startFaultFirm, type FaultFirm } from './firm.ts';
import { startLoad } from './load.ts';
import type { TakenStep } from './portal-server.ts';

const PATIENCE_MS = 180_000;
const LONGEST_LIFE_MS = 2000;
const LONGEST_MORE_MS = 3000;

const stepThat = async (
  { portals }: FaultFirm,
  what: string,
  that: (step: TakenStep) => boolean,
): Promise<TakenStep> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const step = portals.steps.findLast(that);
    if (step !== undefined) return step;
    if (performance.now() > deadline) throw new Error(`Nobody came to ${what}.`);
    await sleep(5);
  }
};

/** How long until another worker has the login that a frozen one was reading, ms. */
const freezeWorker = async (firm: FaultFirm, name: string, moreMs: number): Promise<number> => {
  const begun = performance.now();
  const held = await stepThat(
    firm,
    'a portal',
    (step) => step.worker === name && step.step === 'read' && step.at > begun,
  );
  const child = firm.children.get(name);
  child?.freeze();
  const frozenAt = performance.now();
  const taken = await stepThat(
    firm,
    'the frozen login',
    (step) => step.worker !== name && step.source === held.source && step.at > frozenAt,
  );
  await sleep(moreMs);
  const thawedAt = performance.now();
  child?.thaw();
  await stepThat(firm, 'work after the thaw', (step) => step.worker === name && step.at > thawedAt);
  return taken.at - frozenAt;
};

/** How long until another bot has told all that was open when one froze, ms. */
const freezeBot = async (firm: FaultFirm, name: string, moreMs: number): Promise<number> => {
  while ((await openRequests(firm)).length === 0) await sleep(5);
  const child = firm.children.get(name);
  child?.freeze();
  const took = await untilAnswered(firm, await openRequests(firm));
  await sleep(moreMs);
  child?.thaw();
  return took;
};

const inSeconds = (ms: number): number => Number((ms / 1000).toFixed(1));

export const freeze: Trial = {
  name: 'freeze',
  about:
    'A worker, or one of several bots, stands still past every lock, and goes on when another has taken its place.',
  livesAnywhere: true,
  run: async ({ seed, short, say, where = ON_SQLITE }) => {
    const figure = figuresOf('freeze');
    const random = randomOf(seed);
    const count = short ? 1 : 10;
    // Somebody takes its place.
    const workers = Math.max(2, where.workers);
    await using firm = await startFaultFirm({ where: { ...where, workers } });
    await firm.startAll();
    const load = startLoad(firm, randomOf(seed + 1));
    const slowest = { worker: 0, bot: 0 };
    const freezeOne = async (role: keyof typeof slowest, name: string): Promise<void> => {
      await sleep(random() * LONGEST_LIFE_MS);
      const freezing = role === 'bot' ? freezeBot : freezeWorker;
      const took = await freezing(firm, name, random() * LONGEST_MORE_MS);
      slowest[role] = Math.max(slowest[role], took);
      say(`${name} was frozen; what it had was taken over after ${Math.round(took)} ms`);
    };
    for (let round = 0; round < count; round += 1) {
      await freezeOne('worker', firm.workers[round % firm.workers.length] ?? '');
      if (firm.bots.length > 1) await freezeOne('bot', firm.bots[round % firm.bots.length] ?? '');
    }
    await load.stop();
    const ofBots: Figure[] =
      firm.bots.length === 1
        ? []
        : [figure('slowest take-over of what a bot told', inSeconds(slowest.bot), 's', '<=', 30)];
    return [
      figure('freezes', count, 'freezes of a role', '=', count),
      figure('slowest take-over of a login', inSeconds(slowest.worker), 's', '<=', 30),
      ...ofBots,
      ...(await accountOf(firm, load, figure, say)),
    ];
  },
};
