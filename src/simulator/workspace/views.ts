import type { KnownBlock } from '@slack/types';
import { blockProblems, withIds } from './blocks.ts';
import { anything, boolean, object, problemsOf, string, type Problem } from './checks.ts';
import { hearView } from './hearing.ts';
import { asObject, asObjects, type Json } from './json.ts';
import { LIMITS } from './limits.ts';
import { BOT, TEAM } from './seed.ts';
import { newHash, newId, type StoredView } from './state.ts';
import { plain } from './texts.ts';
import type { World } from './world.ts';

export type StoredValues = StoredView['values'];

const SHARED = {
  blocks: anything,
  type: anything,
};
const OPTIONAL = {
  private_metadata: string(LIMITS.view.metadata),
  callback_id: string(LIMITS.id),
  external_id: string(LIMITS.id),
};
const MODAL = object(
  { ...SHARED, title: plain(LIMITS.view.title) },
  {
    ...OPTIONAL,
    submit: plain(LIMITS.view.button),
    close: plain(LIMITS.view.button),
    clear_on_close: boolean,
    notify_on_close: boolean,
    submit_disabled: boolean,
  },
);
const HOME = object(SHARED, {
  ...OPTIONAL,
  // Slack lets these stand in a Home view without using them.
  title: plain(LIMITS.view.title),
  submit: plain(LIMITS.view.button),
  close: plain(LIMITS.view.button),
  clear_on_close: boolean,
  notify_on_close: boolean,
});

/** What Slack would refuse of this view; the pointers start at `/view`. */
export const viewProblems = (view: unknown, wanted: 'modal' | 'home'): Problem[] => {
  const given = asObject(view);
  if (given === undefined) return [{ message: 'must provide an object', pointer: '/view' }];
  if (given['type'] !== wanted)
    return [{ message: `must be of type ${wanted}`, pointer: '/view/type' }];
  const found = [
    ...problemsOf(wanted === 'modal' ? MODAL : HOME, given, '/view'),
    ...blockProblems(given['blocks'], wanted, '/view/blocks'),
  ];
  const blocks = Array.isArray(given['blocks']) ? given['blocks'] : [];
  const asks = blocks.some((block) => asObject(block)?.['type'] === 'input');
  if (wanted === 'modal' && asks && given['submit'] === undefined)
    found.push({ message: 'missing required field: submit', pointer: '/view' });
  return found;
};

export const isTooLarge = (view: unknown): boolean =>
  Buffer.byteLength(JSON.stringify(view)) > LIMITS.view.bytes;

export const stackOf = (world: World, person: string): StoredView[] => {
  const found = world.state.modals.get(person);
  if (found !== undefined) return found;
  const stack: StoredView[] = [];
  world.state.modals.set(person, stack);
  return stack;
};

const everyView = (world: World): StoredView[] => [
  ...[...world.state.modals.values()].flat(),
  ...Object.values(world.state.homes),
];

export const viewOf = (world: World, id: string): StoredView | undefined =>
  everyView(world).find((view) => view.id === id);

export const viewByExternalId = (world: World, externalId: string): StoredView | undefined =>
  everyView(world).find(({ payload }) => payload['external_id'] === externalId);

export const makeView = (
  world: World,
  person: string,
  payload: Json,
  after?: StoredView,
): StoredView => {
  hearView(world, payload);
  const id = newId('V');
  return {
    id,
    person,
    hash: newHash(world.now()),
    rootId: after?.rootId ?? id,
    ...(after === undefined ? {} : { previousId: after.id }),
    payload: prepared(payload),
    values: {},
  };
};

const prepared = (payload: Json): StoredView['payload'] => ({
  ...payload,
  type: String(payload['type']),
  blocks: withIds(Array.isArray(payload['blocks']) ? payload['blocks'] : []),
});

/** Puts new content into an open view; what was entered stays where the ids are the same. */
export const replaceView = (world: World, view: StoredView, payload: Json): void => {
  hearView(world, payload);
  view.payload = prepared(payload);
  view.hash = newHash(world.now());
  delete view.errors;
  for (const [blockId, actions] of Object.entries(view.values))
    for (const actionId of Object.keys(actions))
      if (inputOf(view.payload.blocks, blockId, actionId) === undefined) delete actions[actionId];
};

/** The blocks and, of containers and carousels, the ones inside them. */
export const flatBlocks = (blocks: readonly KnownBlock[]): KnownBlock[] =>
  blocks.flatMap((block) => {
    const { child_blocks: children, elements } = block as unknown as Json;
    const inside = block.type === 'carousel' ? elements : children;
    return [block, ...flatBlocks(asObjects(inside) as unknown as KnownBlock[])];
  });

/** The elements of a block that a person can use. */
export const elementsOf = (block: KnownBlock): Json[] => {
  const given = block as unknown as Json;
  const own = [given['elements'], given['actions'], given['accessory'], given['element']].flat();
  return asObjects(own).filter((element) => element['action_id'] !== undefined);
};

export const inputOf = (
  blocks: readonly KnownBlock[],
  blockId: string,
  actionId: string,
): Json | undefined =>
  flatBlocks(blocks)
    .filter((block) => block.block_id === blockId)
    .flatMap(elementsOf)
    .find((element) => element['action_id'] === actionId);

/** A view as the API and the payloads show it. */
export const viewOutput = (view: StoredView): Json => ({
  id: view.id,
  team_id: TEAM.id,
  app_installed_team_id: TEAM.id,
  app_id: BOT.app,
  bot_id: BOT.id,
  private_metadata: '',
  callback_id: '',
  title: { type: 'plain_text', text: 'View Title', emoji: true },
  submit: null,
  close: null,
  clear_on_close: false,
  notify_on_close: false,
  external_id: '',
  ...view.payload,
  state: { values: view.values },
  hash: view.hash,
  root_view_id: view.rootId,
  previous_view_id: view.previousId ?? null,
});
