import type { ActionAct } from './protocol.ts';
import type { Channel, Person } from './seed.ts';
import { canSee, channelOf, messageOf, type Message, type StoredView } from './state.ts';
import { viewOf, type StoredValues } from './views.ts';
import type { World } from './world.ts';

/** Where an element is that a person uses. */
export type Place =
  | { kind: 'message'; channel: Channel; message: Message; entered: StoredValues }
  | { kind: 'view'; view: StoredView };

/** The message or view of an act, when this person has it before them. */
export const placeFor = (world: World, person: Person, on: ActionAct['on']): Place | undefined => {
  if ('view' in on) {
    const view = viewOf(world, on.view);
    return view?.person === person.id ? { kind: 'view', view } : undefined;
  }
  const channel = channelOf(world.state, on.channel);
  const message = messageOf(world.state, on.channel, on.ts);
  if (channel === undefined || message === undefined || !canSee(channel, person)) return undefined;
  if (message.onlyFor !== undefined && message.onlyFor !== person.id) return undefined;
  const key = `${person.id} ${channel.id} ${message.ts}`;
  const entered = world.entered.get(key) ?? {};
  world.entered.set(key, entered);
  return { kind: 'message', channel, message, entered };
};

export const blocksOf = (place: Place) =>
  place.kind === 'view' ? place.view.payload.blocks : place.message.blocks;
export const valuesOf = (place: Place) =>
  place.kind === 'view' ? place.view.values : place.entered;
/** Names the place among those of one person. */
export const nameOf = (place: Place): string =>
  place.kind === 'view' ? place.view.id : `${place.channel.id} ${place.message.ts}`;
