import { enter, inputProblems, stateOf } from './entries.ts';
import { asObject, asText, type Json } from './json.ts';
import { LIMITS } from './limits.ts';
import { viewRefusal } from './methods/views.ts';
import { closedPayload, submissionPayload } from './payloads.ts';
import type { ActAnswer, SubmitAct } from './protocol.ts';
import type { Person } from './seed.ts';
import type { StoredView } from './state.ts';
import { makeView, replaceView, stackOf } from './views.ts';
import type { World } from './world.ts';

const FAILURE = 'We had some trouble connecting. Try again?';

const failed = (problem: string): ActAnswer => ({ ok: false, problem });

/** Finds options an app offered for an external select of this place. */
export const offeredIn =
  (world: World, person: Person, place: string) =>
  (blockId: string, actionId: string) =>
  (value: string): Json | undefined =>
    world.offered.get([person.id, place, blockId, actionId, value].join('\n'));

const topFor = (world: World, person: Person, viewId: string): StoredView | undefined => {
  const top = stackOf(world, person.id).at(-1);
  return top?.id === viewId ? top : undefined;
};

/** A person submits the top modal: Slack's own checks first, then the app decides. */
export const submit = async (
  world: World,
  person: Person,
  { view: viewId, values }: SubmitAct,
): Promise<ActAnswer> => {
  const view = topFor(world, person, viewId);
  if (view === undefined) return failed('This view is no longer open.');
  if (view.payload['submit'] === undefined) return failed('This view has nothing to submit.');
  enter(view.payload.blocks, view.values, values, offeredIn(world, person, view.id));
  const problems = inputProblems(view.payload.blocks, stateOf(view.payload.blocks, view.values));
  if (Object.keys(problems).length > 0) return showErrors(world, person, view, problems);
  delete view.errors;
  const ack = await world.deliver('interactive', submissionPayload(world, person, view));
  if (ack.kind !== 'acked') return failed(FAILURE);
  const answer = obey(world, person, view, ack.payload);
  world.changed({ of: 'modals' }, person.id);
  return answer;
};

const showErrors = (
  world: World,
  person: Person,
  view: StoredView,
  errors: Record<string, string>,
): ActAnswer => {
  view.errors = errors;
  world.changed({ of: 'modals' }, person.id);
  return { ok: false, problem: Object.values(errors).join(' ') };
};

const obey = (world: World, person: Person, view: StoredView, payload: Json): ActAnswer => {
  const stack = stackOf(world, person.id);
  const next = payload['view'];
  switch (payload['response_action']) {
    case undefined: {
      // The app may have updated or closed it meanwhile; only this view leaves the stack.
      const at = stack.indexOf(view);
      if (at >= 0) stack.splice(at, 1);
      return { ok: true };
    }
    case 'clear':
      stack.length = 0;
      return { ok: true };
    case 'errors': {
      const errors = Object.entries(asObject(payload['errors']) ?? {});
      const inputs = view.payload.blocks.flatMap((block) =>
        block.type === 'input' ? [block.block_id] : [],
      );
      const unknown = errors.find(([blockId]) => !inputs.includes(blockId));
      if (errors.length === 0 || unknown !== undefined)
        return failed(`${FAILURE} (errors must name input blocks)`);
      return showErrors(
        world,
        person,
        view,
        Object.fromEntries(errors.map(([blockId, text]) => [blockId, asText(text)])),
      );
    }
    case 'update':
    case 'push': {
      const pushes = payload['response_action'] === 'push';
      const refused = viewRefusal(world, next, 'modal', pushes ? undefined : view);
      if (refused !== undefined)
        return failed(`${FAILURE} (${[refused.error, ...(refused.messages ?? [])].join(' ')})`);
      if (pushes && stack.length >= LIMITS.view.stack)
        return failed(`${FAILURE} (push_limit_reached)`);
      if (pushes) stack.push(makeView(world, person.id, asObject(next) ?? {}, view));
      else replaceView(world, view, asObject(next) ?? {});
      return { ok: true };
    }
    default:
      return failed(`${FAILURE} (unknown response_action)`);
  }
};

/** A person dismisses the top modal; with clear_on_close the whole stack goes. */
export const close = async (world: World, person: Person, viewId: string): Promise<ActAnswer> => {
  const view = topFor(world, person, viewId);
  if (view === undefined) return failed('This view is no longer open.');
  const stack = stackOf(world, person.id);
  const clear = view.payload['clear_on_close'] === true;
  const gone = clear ? stack.splice(0) : stack.splice(-1);
  world.changed({ of: 'modals' }, person.id);
  const told = gone.filter(({ payload }) => payload['notify_on_close'] === true);
  await Promise.all(
    told.map((each) => world.deliver('interactive', closedPayload(person, each, clear))),
  );
  return { ok: true };
};
