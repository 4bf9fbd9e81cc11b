import { stripVTControlCharacters } from 'node:util';
import { Command, Option } from 'commander';
import type { Browser } from 'playwright';
import { openChromium } from '#test/support/link-site.ts';
import { openWhere, WHERE_NAMES, type Where, type WhereName } from '#test/support/where.ts';
import { openStage, type Story } from './stage.ts';
import { pauseRule } from './stories/breakage.ts';
import { closeNumber } from './stories/close-number.ts';
import { contact } from './stories/contact.ts';
import { digest } from './stories/digest.ts';
import { drift } from './stories/drift.ts';
import { fullDigest } from './stories/full-digest.ts';
import { held } from './stories/held.ts';
import { hold } from './stories/hold.ts';
import { linked } from './stories/linked.ts';
import { meeting } from './stories/meeting.ts';
import { morning } from './stories/morning.ts';
import { notFound } from './stories/not-found.ts';
import { overtake } from './stories/overtake.ts';
import { picker } from './stories/picker.ts';
import { support } from './stories/support.ts';
import { twoCodes } from './stories/two-codes.ts';
import { workflow } from './stories/workflow.ts';
import { wrongPassword } from './stories/wrong-password.ts';

/** `npm run tour`: the product's main stories, each with everything real, told as they are read. */
const STORIES: readonly Story[] = [
  linked,
  picker,
  notFound,
  wrongPassword,
  overtake,
  contact,
  hold,
  drift,
  closeNumber,
  support,
  twoCodes,
  held,
  pauseRule,
  workflow,
  morning,
  digest,
  fullDigest,
  meeting,
];

/** Stories end by themselves; this ends what hangs. */
const LONGEST_MS = 150_000;

/** Enough for what was seen instead; a browser's own log is longer. */
const LONGEST_WHY = 4000;

interface Told {
  story: string;
  ok: boolean;
  seconds: number;
  /** How it ended, or what went wrong. */
  why: string;
}

interface Asked {
  list?: true;
  only?: string;
  json?: true;
  on: WhereName;
}

/** One browser for all visits, started by the first story that needs it. */
const lazyBrowser = () => {
  let browser: Promise<Browser> | undefined;
  return {
    get: () => (browser ??= openChromium()),
    // A browser that never started has failed its story already.
    [Symbol.asyncDispose]: async () =>
      browser?.then(
        (open) => open.close(),
        () => undefined,
      ),
  };
};

const within = async <T>(work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`It did not end within ${LONGEST_MS / 1000} s.`)),
    LONGEST_MS,
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};

const tellOne = async (
  story: Story,
  print: (text: string) => void,
  browser: () => Promise<Browser>,
  where: Where,
): Promise<Told> => {
  const began = performance.now();
  const told = (ok: boolean, why: string): Told => ({
    story: story.name,
    ok,
    seconds: Math.round((performance.now() - began) / 100) / 10,
    why,
  });
  let logged = (): readonly string[] => [];
  try {
    await using stage = await openStage(print, browser, { ...story.firm, where });
    logged = stage.firm.logged;
    return told(true, await within(story.tell(stage)));
  } catch (error) {
    for (const line of logged()) print(`  log: ${line.trimEnd()}`);
    const why = whyOf(error);
    return told(false, stripVTControlCharacters(why).slice(0, LONGEST_WHY));
  }
};

/** A story that went wrong may leave what goes wrong at its end too: both are said. */
const whyOf = (error: unknown): string => {
  if (error instanceof SuppressedError)
    return [error.suppressed, error.error].map(whyOf).join('\nAnd at its end: ');
  return error instanceof Error ? error.message : String(error);
};

const tour = async ({ list, only, json, on }: Asked): Promise<number> => {
  if (list) {
    for (const { name, about } of STORIES) console.log(`${name.padEnd(16)}${about}`);
    return 0;
  }
  const stories = STORIES.filter(({ name }) => only === undefined || name === only);
  if (stories.length === 0) {
    console.error(
      `There is no story "${only}", only ${STORIES.map(({ name }) => name).join(', ')}.`,
    );
    return 1;
  }
  // With --json, standard output is for the one JSON line; the stories are told beside it.
  const print = json ? console.error : console.log;
  await using where = await openWhere(on).catch((error: unknown) => program.error(whyOf(error)));
  await using browser = lazyBrowser();
  const all: Told[] = [];
  for (const [index, story] of stories.entries()) {
    print(`\n${index + 1}. ${story.name}: ${story.about}\n`);
    const told = await tellOne(story, print, browser.get, where);
    all.push(told);
    print(`\n  ${told.ok ? 'Ended as it should' : 'FAILED'} in ${told.seconds} s: ${told.why}`);
  }
  const ok = all.filter((told) => told.ok).length;
  const seconds = Math.round(all.reduce((sum, told) => sum + told.seconds, 0));
  print(`\n${ok} of ${all.length} stories ended as they should, in ${seconds} s.`);
  if (json) console.log(JSON.stringify(all, null, 2));
  return ok === all.length ? 0 : 1;
};

const program = new Command('tour')
  .description('Tells the main stories, with everything real but Slack and the carriers.')
  .option('--list', 'name the stories')
  .option('--only <name>', 'tell one')
  .option('--json', 'print [{story, ok, seconds, why}] on standard output, and nothing else there')
  .addOption(
    new Option(
      '--on <database>',
      'where the firm of each lives: in a file, with one bot and one worker, or on a Postgres, with two bots and three workers',
    )
      .choices(WHERE_NAMES)
      .default('sqlite'),
  );
program.action(async (asked: Asked) => {
  process.exitCode = await tour(asked);
});
await program.parseAsync();
