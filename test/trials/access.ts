import { isDeepStrictEqual } from 'node:util';
import { loadConfig } from '#app/config.ts';
import { featuresOf } from '#app/features.ts';
import { ENTRIES } from './access/entries.ts';
import { tryWebPages } from './access/web-pages.ts';
import {
  BEN,
  EVERYBODY,
  isAllowed,
  openAccessWorld,
  type AccessWorld,
  type Entry,
  type Somebody,
} from './access/world.ts';
import { figuresOf, type Trial } from './trial.ts';

const figure = figuresOf('access');

/** What took place of an act, and whether it showed or changed what the table of access refuses. */
const tryOne = async (
  world: AccessWorld,
  entry: Entry,
  person: Somebody,
): Promise<{ passed: boolean; changed: boolean }> => {
  await entry.first?.(world);
  const was = await world.standing();
  const answer = await world.answered(person.slackId, () => entry.act(world, person));
  const changed = !isDeepStrictEqual(await world.standing(), was);
  await world.restore();
  return { passed: entry.passes === 'changes' ? changed : entry.passes.test(answer), changed };
};

/** Values that no button of ours carries, and one that names what is Ana's. */
const forgedValues = ({ source, policy, request, sync }: AccessWorld): readonly string[] => [
  '',
  '{',
  '[1,2]',
  '{"source":{"$ne":1},"policy":[],"request":{}}',
  JSON.stringify({ request: 'x'.repeat(10_000) }),
  JSON.stringify({ source, policy, request, sync, case: 'CASE1', held: 'HELD1', minutes: 1e9 }),
];

/** Every button there is, pressed by who may do nothing with what is Ana's. */
const tryButtons = async (
  world: AccessWorld,
  short: boolean,
  say: (line: string) => void,
): Promise<{ tried: number; through: number }> => {
  const names = featuresOf(loadConfig({}))
    .flatMap(({ clicks = [] }) => clicks.map(({ name }) => name))
    .filter((name) => typeof name === 'string');
  const people = short ? [BEN] : [BEN, 'UGWENGST1', 'UDANAFRM1', 'UNOBODY01'];
  let [tried, through] = [0, 0];
  const was = await world.standing();
  for (const person of people)
    for (const name of names)
      for (const value of short ? forgedValues(world).slice(-1) : forgedValues(world)) {
        await world.forge.click(person, name, value);
        tried += 1;
        const now = await world.standing();
        if (isDeepStrictEqual(now, was)) continue;
        through += 1;
        say(`${person} changed something by ${name} with ${value.slice(0, 60)}`);
        await world.restore();
      }
  return { tried, through };
};

export const access: Trial = {
  name: 'access',
  about: 'Every role at every entry, with closed and open books, and values nobody sent.',
  beside: 'equal',
  run: async ({ short, say }) => {
    let [tried, through, permitted, refused] = [0, 0, 0, 0];
    let [pressed, pressedThrough] = [0, 0];
    let [pages, pagesThrough, pagesServed] = [0, 0, 0];
    for (const books of short ? (['own'] as const) : (['own', 'open'] as const)) {
      await using world = await openAccessWorld(books);
      for (const [name, entry] of Object.entries(ENTRIES)) {
        for (const person of EVERYBODY) {
          const allowed = isAllowed(person, entry, books === 'open');
          const { passed, changed } = await tryOne(world, entry, person);
          tried += 1;
          if (allowed) permitted += 1;
          if (allowed && !passed) refused += 1;
          if (!allowed && (passed || changed)) through += 1;
          if (allowed !== passed || (!allowed && changed))
            say(`${name}, books ${books}: ${person.who} ${passed ? 'got through' : 'was refused'}`);
        }
      }
      say(`books ${books}: ${Object.keys(ENTRIES).length} entries, ${EVERYBODY.length} people`);
      const buttons = await tryButtons(world, short, say);
      pressed += buttons.tried;
      pressedThrough += buttons.through;
      const web = await tryWebPages(world, say);
      pages += web.tried;
      pagesThrough += web.through;
      pagesServed += web.served;
    }
    return [
      figure('acts of a person at an entry', tried, 'acts', '>=', 1),
      figure('forbidden ones that got through', through, 'acts', '=', 0),
      figure('permitted ones', permitted, 'acts', '>=', 1),
      figure('permitted ones that were refused', refused, 'acts', '=', 0),
      figure('buttons pressed with forged values', pressed, 'clicks', '>=', 1),
      figure('of them that changed anything', pressedThrough, 'clicks', '=', 0),
      figure('requests to web pages', pages, 'requests', '>=', 1),
      figure('of them that showed or changed anything', pagesThrough, 'requests', '=', 0),
      figure('pages served to who may see them', pagesServed, 'pages', '>=', 1),
    ];
  },
};
