import * as answers from './answers.ts';
import type { Asked } from './answers.ts';
import { parseCommand, type Command } from './command-text.ts';
import type { SlackDeps, SlackApp, SlackClient } from './deps.ts';
import type { By } from './listen.ts';
import { whoIs } from './who.ts';

/** Who typed a command, and where. */
export interface Typed extends By {
  channel: string;
  triggerId: string;
  team: string;
  /** Of this app, for the address of its Home. */
  app: string;
}

type Kind = Exclude<Command['kind'], 'help' | 'unknown' | 'too-long'>;

/** What a feature does for the commands it knows. */
export type Commands = {
  [K in Kind]?: (
    deps: SlackDeps,
    typed: Typed,
    command: Extract<Command, { kind: K }>,
  ) => Promise<Asked>;
};

/** Every command of the program, each carried out by somebody. */
export type AllCommands = Required<Commands>;

/** Before it is asked who somebody is: an empty firm knows nobody yet. */
export type BeforeWho = (
  deps: SlackDeps,
  client: SlackClient,
  command: Command,
  act: { userId: string; userTeam: string },
) => Promise<void>;

export const listenToCommand = (
  app: SlackApp,
  deps: SlackDeps,
  commands: AllCommands,
  beforeWho: BeforeWho,
): void => {
  app.command(deps.settings.command, async ({ ack, command: typed, client, respond }) => {
    await ack();
    const act = { userId: typed.user_id, userTeam: typed.team_id };
    const command = parseCommand(typed.text);
    await beforeWho(deps, client, command, act);
    const who = await whoIs(deps, client, act);
    const answer =
      who.kind === 'refused'
        ? answers.refusal(who.why)
        : await carryOut(deps, commands, command, {
            actor: who.person,
            client,
            channel: typed.channel_id,
            slackId: typed.user_id,
            triggerId: typed.trigger_id,
            team: typed.team_id,
            app: typed.api_app_id,
          });
    if (answer !== 'modal') await respond({ response_type: 'ephemeral', ...answer });
  });
};

const carryOut = async (
  deps: SlackDeps,
  commands: AllCommands,
  command: Command,
  typed: Typed,
): Promise<Asked> => {
  const { command: name } = deps.settings;
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
        deps: SlackDeps,
        typed: Typed,
        command: Command,
      ) => Promise<Asked>;
      return carry(deps, typed, command);
    }
  }
};
