import type { Sequence, World } from './interleavings/sequence.ts';
import { openWorld } from './interleavings/world.ts';
import { figuresOf, randomOf, type Figure, type Trial, type TrialRun } from './trial.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const [SHORTEST, LONGEST] = [6, 20];
/** A server answers each of the many statements after a while, a file at once. */
const SEQUENCES = {
  file: { short: 150, long: 10_000 },
  server: { short: 10, long: 1000 },
  /** The same in a file, where each step at the carrier is one of a real browser at a local portal. */
  browser: { short: 2, long: 100 },
};
/** A database of that many sequences is left for a new one: what has ended is not the point. */
const MOST_IN_ONE = 250;
/** How often no slot is free when a session asks. */
const SCARCE = 0.5;
/** So often in all. */
const SAID = 10;

/** One act with the number that its choices come from, so that a sequence can be written down. */
interface Step {
  act: keyof typeof ACTS;
  n: number;
}

const ACTS = {
  force: (to: Sequence, n: number) => to.force(n, n >> 1, n >> 3),
  background: (to: Sequence, n: number) => to.day(n),
  link: (to: Sequence, n: number) => to.link(n, n % 3 > 0),
  unlink: (to: Sequence, n: number) => to.unlink(n),
  hold: (to: Sequence, n: number) => to.hold(n),
  release: (to: Sequence, n: number) => to.release(n),
  cancel: (to: Sequence, n: number) => to.cancel(n),
  session: async (to: Sequence, n: number) => {
    const random = randomOf(n);
    to.session(n, n >> 1, () => random() < SCARCE);
  },
  answer: async (to: Sequence, n: number) => to.carrier.answer(n),
  kill: (to: Sequence, n: number) => to.kill(n),
  thaw: async (to: Sequence) => to.carrier.thaw(),
  pass: (to: Sequence, n: number) => to.pass(n % 2 === 0 ? 16 * SECOND : 6 * MINUTE),
  sweep: (to: Sequence) => to.sweep(),
} satisfies Record<string, (to: Sequence, n: number) => Promise<void>>;

/** How often each is drawn, beside the others. */
const OFTEN: Record<Step['act'], number> = {
  force: 5,
  background: 2,
  link: 5,
  unlink: 1,
  hold: 1,
  release: 1,
  cancel: 2,
  session: 6,
  answer: 10,
  kill: 2,
  thaw: 1,
  pass: 1,
  sweep: 1,
};
const DRAWN = (Object.keys(ACTS) as Step['act'][]).flatMap((act) =>
  Array.from({ length: OFTEN[act] }, () => act),
);

/** Both logins are linked, which random acts seldom come to. */
const BOTH_LINKED: readonly Step[] = [
  { act: 'link', n: 2 },
  { act: 'session', n: 0 },
  { act: 'answer', n: 1 },
  { act: 'link', n: 1 },
  { act: 'session', n: 2 },
  { act: 'answer', n: 1 },
];

/** Half of them begin with nothing linked. */
const sequenceOf = (random: () => number): Step[] => [
  ...(random() < 0.5 ? BOTH_LINKED : []),
  ...Array.from({ length: SHORTEST + Math.floor(random() * (LONGEST - SHORTEST)) }, () => ({
    act: DRAWN[Math.floor(random() * DRAWN.length)] ?? 'answer',
    n: Math.floor(random() * 1_000_000),
  })),
];

/** What is wrong after these steps, once all is quiet. */
const faultsOf = async (world: World, index: number, steps: readonly Step[]): Promise<string[]> => {
  const sequence = await world.begin(index);
  try {
    for (const { act, n } of steps) {
      await ACTS[act](sequence, n);
      await sequence.settle(n);
    }
    const unsaid = await sequence.withoutLink();
    await sequence.quiet();
    return [...unsaid, ...(await sequence.wrong())];
  } catch (error) {
    return [String(error)];
  }
};

/** What the sequences of one kind came to. */
interface Came {
  count: number;
  acts: number;
  wrong: string[];
  gaveWay: number;
  waited: number;
  foundByBrowser: number;
}

const tryAll = async (
  count: number,
  { seed, say }: Pick<TrialRun, 'seed' | 'say'>,
  open: () => Promise<World>,
): Promise<Came> => {
  const random = randomOf(seed);
  const came: Came = { count, acts: 0, wrong: [], gaveWay: 0, waited: 0, foundByBrowser: 0 };
  for (let done = 0; done < count;) {
    await using world = await open();
    for (let at = 0; at < MOST_IN_ONE && done < count; at += 1, done += 1) {
      const steps = sequenceOf(random);
      came.acts += steps.length;
      const faults = await faultsOf(world, at, steps);
      if (faults.length > 0) {
        came.wrong.push(...faults);
        const least = await shrunk(steps, open);
        say(`sequence ${done} of seed ${seed}: ${faults.join('; ')}`);
        say(`by ${least.map(({ act, n }) => `${act} ${n}`).join(', ')}`);
      }
      if ((done + 1) % (count / SAID) === 0) say(`${done + 1} of ${count} sequences`);
    }
    came.gaveWay += world.so().gaveWay;
    came.waited += world.so().waited;
    came.foundByBrowser += world.foundByBrowser();
  }
  return came;
};

/** The same fault by as few of the steps as leave it there. */
const shrunk = async (
  steps: readonly Step[],
  open: () => Promise<World>,
): Promise<readonly Step[]> => {
  let least = steps;
  for (let at = least.length - 1; at >= 0; at -= 1) {
    const fewer = least.toSpliced(at, 1);
    await using world = await open();
    if ((await faultsOf(world, 0, fewer)).length > 0) least = fewer;
  }
  return least;
};

/** Fewer, as those of a browser and of a test over Postgres, may come to neither a card nor room. */
const ENOUGH = 100;

const figuresIn = ({ count, acts, wrong, gaveWay, waited }: Came, how: string): Figure[] => {
  const figure = figuresOf('interleavings');
  const of = (words: string): number => wrong.filter((fault) => fault.includes(words)).length;
  const least = how === '' && count >= ENOUGH ? 1 : 0;
  return [
    figure(`sequences${how}`, count, 'sequences', '=', count),
    figure(`acts${how}`, acts, 'acts', '>=', count),
    figure(`two sessions of a login at once${how}`, of('at once'), 'sequences', '=', 0),
    figure(`stuck when all is quiet${how}`, of('stuck'), 'sequences', '=', 0),
    figure(`finished or written twice${how}`, of('twice'), 'sequences', '=', 0),
    figure(`cards that waited for a link${how}`, waited, 'cards', '>=', least),
    figure(`of them without a Link step${how}`, of('Link step'), 'cards', '=', 0),
    figure(`sessions that made room for others${how}`, gaveWay, 'sessions', '>=', least),
    figure(`anything wrong${how}`, wrong.length, 'faults', '=', 0),
  ];
};

export const interleavings: Trial = {
  name: 'interleavings',
  about: 'Force, background, link, unlink, hold, cancel and kill in every order.',
  livesAnywhere: true,
  beside: 'lowest',
  run: async (run) => {
    const { short, where } = run;
    const size = short ? 'short' : 'long';
    const isServer = where?.newDatabase !== undefined;
    const scripted = await tryAll(SEQUENCES[isServer ? 'server' : 'file'][size], run, () =>
      openWorld({ where }),
    );
    if (isServer) return figuresIn(scripted, '');
    const browsers = SEQUENCES.browser[size];
    const browsed = await tryAll(browsers, run, () => openWorld({ browsers }));
    const { count, foundByBrowser } = browsed;
    return [
      ...figuresIn(scripted, ''),
      ...figuresIn(browsed, ', with a browser'),
      figuresOf('interleavings')('found by the browser', foundByBrowser, 'policies', '>=', count),
    ];
  },
};
