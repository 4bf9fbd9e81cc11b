import { join } from 'node:path';
import { Command } from 'commander';
import { examples, repeated, withUsage } from '#cli/usage.ts';
import { readAddress } from './workspace/address.ts';
import { changesOf } from './workspace/changes.ts';
import { connectClient, type LocalClient } from './workspace/client.ts';
import { follow, lookBefore } from './workspace/follower.ts';
import type { ActAnswer } from './workspace/protocol.ts';
import { elementsIn, fits, type Target } from './workspace/targets.ts';

/** `npm run say -- "/sync policy 00123-4567"`: acts in the local workspace, and prints what comes. */
interface Said {
  as: string;
  in: string;
  click?: string;
  choose?: string;
  typed?: string;
  enter?: string[];
  submit?: true;
  close?: true;
  shortcut?: string;
  on?: string;
  home?: true;
  for: string;
}

/** After an answer that only this person sees, nothing more is expected for long. */
const QUIET_MS = 1500;
const HINT_MS = 8000;

const program = new Command('say')
  .description('Act in the running local workspace, from a terminal.')
  .argument('[text]', 'a command or a message: "/sync policy 00123-4567"')
  .option('--as <person>', 'who acts: olivia, marcus, ana, ben, sam, gwen', 'ana')
  .option('--in <channel>', 'where: team, reviews, random, carrier-deps, sync-support, dm', 'team')
  .option('--click <button>', 'use a button by its text, in the newest message or the open modal')
  .option('--choose <option>', 'choose an option by its text or value')
  .option('--typed <text>', 'with --choose: what is typed into a search first')
  .addOption(repeated('--enter <label=value>', 'fill in an input of the open modal'))
  .option('--submit', 'submit the open modal')
  .option('--close', 'close the open modal')
  .option('--shortcut <name>', 'use a shortcut; with --on, one of a message')
  .option('--on <words>', 'with --shortcut: the newest message with these words, also in a thread')
  .option('--home', "open the app's Home, or use a button there")
  .option('--for <seconds>', 'follow no longer than this', '600')
  .helpOption('-h, --help', 'show this')
  .addHelpText(
    'after',
    examples(
      'npm run say -- "/sync policy 00123-4567"',
      'npm run say -- "/sync policy MA-916602-D" --as ben',
      'npm run say -- --click "Link Ben – Meridian" --as ben',
      'npm run say -- "/sync digest" --as marcus',
    ),
  );

/** The newest message with these words, in the channel or one of its threads. */
const messageWith = async (
  client: LocalClient,
  person: string,
  channel: string,
  words: string,
): Promise<string> => {
  const roots = await client.messages(person, channel);
  const all = await Promise.all(
    roots.map((root) =>
      root.replyCount > 0 ? client.messages(person, channel, root.ts) : Promise.resolve([root]),
    ),
  );
  const found = all
    .flat()
    .filter(({ ephemeral, text }) => !ephemeral && text.includes(words))
    .sort((a, b) => Number(a.ts) - Number(b.ts))
    .at(-1);
  if (found === undefined) throw new Error(`No message here says "${words}".`);
  return found.ts;
};

const labelled = (pairs: string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [label = '', value = ''] = pair.split(/=(.*)/s, 2);
      return [label, value];
    }),
  );

/** Where a click goes: Home, the open modal, or the newest message that has such a button. */
const targetOf = async (
  client: LocalClient,
  person: string,
  channel: string,
  { click, choose, home }: Said,
): Promise<Target> => {
  const wanted = click === undefined ? {} : { text: click };
  if (home) return { as: person, home, ...wanted };
  const { modals } = await client.state(person);
  if (modals.length > 0) return { as: person, ...wanted };
  const named = { as: person, ...wanted, ...(choose === undefined ? {} : { option: choose }) };
  const roots = await client.messages(person, channel);
  for (const root of roots.toReversed()) {
    const thread = root.replyCount > 0 ? await client.messages(person, channel, root.ts) : [root];
    const found = thread.findLast(({ blocks }) =>
      elementsIn(blocks).some(({ element }) => fits(element, named)),
    );
    if (found !== undefined) return { as: person, channel, ts: found.ts, ...wanted };
  }
  throw new Error(`Nothing here has [${click ?? choose}].`);
};

const act = async (
  client: LocalClient,
  person: string,
  channel: string,
  text: string | undefined,
  said: Said,
): Promise<{ answer: ActAnswer; about?: string }> => {
  if (text?.startsWith('/') === true)
    return { answer: await client.command(person, channel, text) };
  if (text !== undefined) return { answer: await client.post(person, channel, text) };
  if (said.click !== undefined || said.choose !== undefined) {
    const target = await targetOf(client, person, channel, said);
    const answer =
      said.choose === undefined
        ? await client.click(target)
        : await client.choose({
            ...target,
            option: said.choose,
            ...(said.typed === undefined ? {} : { typed: said.typed }),
          });
    if (said.submit === undefined || !answer.ok)
      return target.ts === undefined ? { answer } : { answer, about: target.ts };
  }
  if (said.shortcut !== undefined) {
    const on =
      said.on === undefined
        ? undefined
        : { channel, ts: await messageWith(client, person, channel, said.on) };
    const use = { as: person, name: said.shortcut, ...(on === undefined ? {} : { on }) };
    return { answer: await client.shortcut(use) };
  }
  if (said.submit)
    return { answer: await client.submit(person, { labels: labelled(said.enter ?? []) }) };
  if (said.close) return { answer: await client.closeModal(person) };
  if (said.home) return { answer: await client.openHome(person) };
  return { answer: { ok: true } };
};

const run = async (text: string | undefined, said: Said): Promise<number> => {
  const url = readAddress(join(process.env['DATA_DIR'] ?? './data', 'local'));
  if (url === undefined) {
    console.error('No local workspace is running: start it with npm start in another terminal.');
    return 1;
  }
  const client = connectClient(url);
  const { person, channel } = await client.resolve(said.as, said.in);
  const before = await lookBefore(client, person, channel);
  const { people, channels } = await client.state(person);
  const name = people.find(({ id }) => id === person)?.name;
  const place = channels.find(({ id }) => id === channel);
  if (text !== undefined)
    console.log(`${name} in ${place?.kind === 'direct' ? '' : '#'}${place?.name}: ${text}`);
  const { answer, about } = await act(client, person, channel, text, said);
  const follower = follow({
    client,
    person,
    channel,
    before,
    ...(about === undefined ? {} : { about }),
    home: said.home ?? false,
    print: (lines) => console.log(lines),
  });
  if (!answer.ok) {
    await follower.look();
    console.error(answer.problem);
    return 1;
  }
  return (await untilEnded(url, person, follower, Number(said.for) * 1000)) ? 0 : 1;
};

/** Looks at each change; ends with the thread, or when nothing more is to be expected. */
const untilEnded = async (
  url: string,
  person: string,
  follower: ReturnType<typeof follow>,
  ms: number,
): Promise<boolean> => {
  const over = new AbortController();
  const deadline = setTimeout(() => over.abort(), ms);
  let quiet: NodeJS.Timeout | undefined;
  let hint: NodeJS.Timeout | undefined;
  try {
    for await (const _ of changesOf(`${url}/local/events?as=${person}`, over.signal)) {
      clearTimeout(quiet);
      clearTimeout(hint);
      if (await follower.look()) return true;
      if (follower.found() === 'card')
        hint = setTimeout(() => {
          console.log(
            '\n(waiting; act on it from another terminal with --click "…", end with Ctrl-C)',
          );
        }, HINT_MS);
      else quiet = setTimeout(() => over.abort(), QUIET_MS);
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    clearTimeout(deadline);
    clearTimeout(quiet);
    clearTimeout(hint);
  }
  return follower.found() !== 'card';
};

const isNothing = (text: string | undefined, said: Said): boolean =>
  text === undefined &&
  [said.click, said.choose, said.submit, said.close, said.shortcut, said.home].every(
    (given) => given === undefined,
  );

program.action(async (text: string | undefined, said: Said) => {
  if (isNothing(text, said)) {
    console.error('Say something, or name what to click.\n');
    program.help({ error: true });
  }
  try {
    process.exitCode = await run(text, said);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
});
await withUsage(program).parseAsync();
