import { messageOfProblem } from '../checks.ts';
import { asObject, asText, type Json } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { refusal, type Refusal } from '../posting.ts';
import { personOf, type StoredView } from '../state.ts';
import {
  isTooLarge,
  makeView,
  replaceView,
  stackOf,
  viewByExternalId,
  viewOf,
  viewOutput,
  viewProblems,
} from '../views.ts';
import { useTrigger, type World } from '../world.ts';

/** Why Slack refuses the view itself, if it does. */
export const viewRefusal = (
  world: World,
  view: unknown,
  wanted: 'modal' | 'home',
  replaces?: StoredView,
): Refusal | undefined => {
  if (isTooLarge(view ?? null)) return refusal('view_too_large');
  const problems = viewProblems(view, wanted);
  if (problems.length > 0) return refusal('invalid_arguments', problems.map(messageOfProblem));
  const externalId = asText(asObject(view)?.['external_id']);
  const taken = externalId === '' ? undefined : viewByExternalId(world, externalId);
  return taken === undefined || taken === replaces ? undefined : refusal('duplicate_external_id');
};

const shown = (world: World, person: string, view: StoredView): Json => {
  world.changed({ of: view.payload.type === 'home' ? 'home' : 'modals' }, person);
  return { view: viewOutput(view) };
};

export const open = (world: World, args: Json): Json | Refusal => {
  const id = asText(args['trigger_id']);
  if (id === '')
    return refusal('invalid_arguments', ['[ERROR] missing required field: trigger_id']);
  const trigger = useTrigger(world, id);
  if (typeof trigger === 'string') return refusal(trigger);
  const refused = viewRefusal(world, args['view'], 'modal');
  if (refused !== undefined) return refused;
  trigger.used = true;
  const view = makeView(world, trigger.person, asObject(args['view']) ?? {});
  world.state.modals.set(trigger.person, [view]);
  return shown(world, trigger.person, view);
};

export const push = (world: World, args: Json): Json | Refusal => {
  const id = asText(args['trigger_id']);
  if (id === '')
    return refusal('invalid_arguments', ['[ERROR] missing required field: trigger_id']);
  const trigger = useTrigger(world, id);
  if (typeof trigger === 'string') return refusal(trigger);
  const stack = stackOf(world, trigger.person);
  const top = stack.at(-1);
  if (top === undefined || trigger.view === undefined || viewOf(world, trigger.view) === undefined)
    return refusal('not_found');
  if (stack.length >= LIMITS.view.stack) return refusal('push_limit_reached');
  const refused = viewRefusal(world, args['view'], 'modal');
  if (refused !== undefined) return refused;
  trigger.used = true;
  const view = makeView(world, trigger.person, asObject(args['view']) ?? {}, top);
  stack.push(view);
  return shown(world, trigger.person, view);
};

export const update = (world: World, args: Json): Json | Refusal => {
  const { view_id: id, external_id: externalId, hash } = args;
  if (typeof id !== 'string' && typeof externalId !== 'string')
    return refusal('invalid_arguments', ['[ERROR] missing required field: view_id']);
  const view =
    typeof id === 'string' ? viewOf(world, id) : viewByExternalId(world, asText(externalId));
  if (view === undefined) return refusal('not_found');
  if (typeof hash === 'string' && hash !== '' && hash !== view.hash)
    return refusal('hash_conflict');
  const refused = viewRefusal(
    world,
    args['view'],
    view.payload.type === 'home' ? 'home' : 'modal',
    view,
  );
  if (refused !== undefined) return refused;
  replaceView(world, view, asObject(args['view']) ?? {});
  return shown(world, view.person, view);
};

export const publish = (world: World, args: Json): Json | Refusal => {
  if (!world.app.homeTab) return refusal('not_enabled');
  const person = personOf(world.state, asText(args['user_id']));
  if (person === undefined || person.bot)
    return refusal('invalid_arguments', ['[ERROR] invalid `user_id`']);
  const current = world.state.homes[person.id];
  const hash = asText(args['hash']);
  if (hash !== '' && hash !== current?.hash) return refusal('hash_conflict');
  const refused = viewRefusal(world, args['view'], 'home', current);
  if (refused !== undefined) return refused;
  const payload = asObject(args['view']) ?? {};
  if (current !== undefined) replaceView(world, current, payload);
  const view = current ?? makeView(world, person.id, payload);
  world.state.homes[person.id] = view;
  return shown(world, person.id, view);
};
