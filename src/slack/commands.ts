import type { Actor } from '#shared/access.ts';
import * as answers from './answers.ts';
import type { Asked } from './answers.ts';
import { parseCommand, type Command } from './command-text.ts';
import type { Desk, SlackApp, SlackClient } from './desk.ts';
import { whoIs } from './who.ts';

/** Who typed a command, and where. */
export interface Typed {
  actor: Actor;
  client: SlackClient;
  channel: string;
  user: string;
  triggerId: string;
  team: string;
  /** Of this app, for the address of its Home. */
  app: string;
}

type Kind = Exclude<Command['kind'], 'help' | 'unknown' | 'too-long'>;

/** What a feature does for the commands it knows. */
export type Commands = {
  [K in Kind]?: (
    desk: Desk,
    typed: Typed,
    command: Extract<Command, { kind: K }>,
  ) => Promise<Asked>;
};

/** Every command of the program, each carried out by somebody. */
export type AllCommands = Required<Commands>;

/** Before it is asked who somebody is: an empty firm knows nobody yet. */
export type BeforeWho = (
  desk: Desk,
  client: SlackClient,
  command: Command,
  act: { userId: string; userTeam: string },
) => Promise<void>;

export const listenToCommand = (
  app: SlackApp,
  desk: Desk,
  commands: AllCommands,
  beforeWho: BeforeWho,
): void => {
  app.command(desk.settings.command, async ({ ack, command: typed, client, respond }) => {
    await ack();
    const act = { userId: typed.user_id, userTeam: typed.team_id };
    const command = parseCommand(typed.text);
    await beforeWho(desk, client, command, act);
    const who = await whoIs(desk, client, act);
    const answer =
      who.kind === 'refused'
        ? answers.refusal(who.why)
        : await carryOut(desk, commands, command, {
            actor: who.person,
            client,
            channel: typed.channel_id,
            user: typed.user_id,
            triggerId: typed.trigger_id,
            team: typed.team_id,
            app: typed.api_app_id,
          });
    if (answer !== 'modal') await respond({ response_type: 'ephemeral', ...answer });
  });
};

const carryOut = async (
  desk: Desk,
  commands: AllCommands,
  command: Command,
  typed: Typed,
): Promise<Asked> => {
  const { command: name } = desk.settings;
  switch (command.kind) {
    case 'help':
      return answers.help(name);
    case 'unknown':
      return answers.unknownCommand(name, command.word);
    case 'too-long':
      return answers.tooLong(name, command.length);
    default: {
      // Each entry takes the command of its own kind; the type of a table cannot say so.
      const carry = commands[command.kind] as (
        desk: Desk,
        typed: Typed,
        command: Command,
      ) => Promise<Asked>;
      return carry(desk, typed, command);
    }
  }
};
