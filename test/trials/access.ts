import { ENTRIES } from './access/entries.ts';
import { OPENED, tryForged, type Forged } from './access/forged.ts';
import { changed } from './access/rows.ts';
import { tryWebPages } from './access/web-pages.ts';
import {
  EVERYBODY,
  isAllowed,
  openAccessWorld,
  type AccessWorld,
  type Entry,
  type Somebody,
} from './access/world.ts';
import { figuresOf, type Trial } from './trial.ts';

const figure = figuresOf('access');
/** So many buttons and modals do something with these values for whose it is: nothing is wrong with the values. */
const HERS = 20;

/** What took place of an act, and whether it showed or changed what the table of access refuses. */
const tryOne = async (
  world: AccessWorld,
  entry: Entry,
  person: Somebody,
): Promise<{ passed: boolean; tables: readonly string[] }> => {
  await entry.first?.(world);
  const was = await world.standing();
  const answer = await world.answered(person.slackId, () => entry.act(world, person));
  const tables = changed(was, await world.standing());
  await world.restore();
  const passed = entry.passes === 'changes' ? tables.length > 0 : entry.passes.test(answer);
  return { passed, tables };
};

export const access: Trial = {
  name: 'access',
  about: 'Every role at every entry, with closed and open books, and values nobody sent.',
  beside: 'equal',
  run: async ({ short, say }) => {
    let [tried, through, permitted, refused] = [0, 0, 0, 0];
    const forged: Forged = { buttons: 0, modals: 0, through: 0, hers: 0, opened: new Set() };
    let [pages, pagesThrough, pagesServed] = [0, 0, 0];
    for (const books of short ? (['own'] as const) : (['own', 'open'] as const)) {
      await using world = await openAccessWorld(books);
      for (const [name, entry] of Object.entries(ENTRIES)) {
        for (const person of EVERYBODY) {
          const allowed = isAllowed(person, entry, books === 'open');
          const { passed, tables } = await tryOne(world, entry, person);
          tried += 1;
          if (allowed) permitted += 1;
          if (allowed && !passed) refused += 1;
          // Who may only look changes nothing either.
          const mayChange = allowed && entry.passes === 'changes';
          const isThrough = (passed && !allowed) || (tables.length > 0 && !mayChange);
          if (isThrough) through += 1;
          if (allowed !== passed || isThrough)
            say(
              `${name}, books ${books}: ${person.who} ${passed ? 'got through' : 'was refused'}, changed: ${tables.join(', ')}`,
            );
        }
      }
      say(`books ${books}: ${Object.keys(ENTRIES).length} entries, ${EVERYBODY.length} people`);
      await tryForged(world, forged, { books, short, say });
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
      figure('buttons pressed with forged values', forged.buttons, 'clicks', '>=', 1),
      figure('modals submitted with forged values', forged.modals, 'submissions', '>=', 1),
      figure('of them that changed what they may not', forged.through, 'acts', '=', 0),
      figure('of the same by whose it is that changed something', forged.hers, 'acts', '>=', HERS),
      figure(
        'of them that open books permit an advisor',
        forged.opened.size,
        'buttons and modals',
        '=',
        short ? 0 : OPENED.length,
      ),
      figure('requests to web pages', pages, 'requests', '>=', 1),
      figure('of them that showed or changed anything', pagesThrough, 'requests', '=', 0),
      figure('pages served to who may see them', pagesServed, 'pages', '>=', 1),
    ];
  },
};
