import { asText, type Json } from '../json.ts';
import { refusal, type Refusal } from '../posting.ts';
import { pageOf } from './conversations.ts';
import { BOT, TEAM, type Person } from '../seed.ts';
import { personOf } from '../state.ts';
import type { World } from '../world.ts';

/** A person as users.info and the user_change event show them. */
export const userOutput = (world: World, person: Person): Json => ({
  id: person.id,
  team_id: TEAM.id,
  name: person.handle,
  deleted: person.deleted,
  real_name: person.name,
  tz: person.timeZone,
  profile: {
    real_name: person.name,
    display_name: person.handle,
    team: TEAM.id,
    ...(world.app.scopes.includes('users:read.email') && person.email !== ''
      ? { email: person.email }
      : {}),
    ...(person.id === BOT.user ? { bot_id: BOT.id, api_app_id: BOT.app } : {}),
  },
  // A deactivated account has lost its standing, and Slack leaves these fields out.
  ...(person.deleted
    ? {}
    : {
        is_admin: person.admin,
        is_owner: person.owner,
        is_primary_owner: person.owner,
        is_restricted: person.restricted,
        is_ultra_restricted: false,
      }),
  is_bot: person.bot,
  is_app_user: false,
  updated: Math.floor(world.now() / 1000),
});

export const info = (world: World, args: Json): Json | Refusal => {
  const person = personOf(world.state, asText(args['user']));
  return person === undefined ? refusal('user_not_found') : { user: userOutput(world, person) };
};

/** Every account there is or was, apps and guests among them. */
export const list = (world: World, args: Json): Json | Refusal =>
  pageOf(
    'members',
    world.state.people.map((person) => userOutput(world, person)),
    args,
    1000,
  );

export const lookupByEmail = (world: World, args: Json): Json | Refusal => {
  const email = asText(args['email']).toLowerCase();
  const person = world.state.people.find(
    (each) => each.email.toLowerCase() === email && !each.deleted && email !== '',
  );
  return person === undefined ? refusal('users_not_found') : { user: userOutput(world, person) };
};
