import * as answers from './answers.ts';
import type { Asked, HelpLine } from './answers.ts';
import { parseCommand, type CommandText } from './command-text.ts';
import type { SlackDeps, SlackApp, SlackClient } from './deps.ts';
import type { By } from './listen.ts';
import { sayAgain } from './say-again.ts';
import { whoIs } from './who.ts';

/** Who typed a command, and where. */
export interface Typed extends By {
  channel: string;
  triggerId: string;
  team: string;
  /** Of this app, for the address of its Home. */
  app: string;
}

/** A command by its first word. `rest` is what was typed after it. */
export interface Command {
  /** Nothing where these words after the first one say nothing to it. */
  run: (deps: SlackDeps, typed: Typed, rest: string) => Promise<Asked | undefined>;
  /** What `help` shows of it: what to type, and what that does. */
  help?: readonly HelpLine[];
}

export type Commands = Readonly<Record<string, Command>>;

/** Before it is asked who somebody is: an empty firm knows nobody yet. */
export type BeforeWho = (
  deps: SlackDeps,
  client: SlackClient,
  word: string,
  act: { userId: string; userTeam: string },
) => Promise<void>;

export const listenToCommand = (
  app: SlackApp,
  deps: SlackDeps,
  commands: Commands,
  beforeWho: BeforeWho,
): void => {
  const { command: name } = deps.settings;
  const help = Object.values(commands).flatMap((each) => each.help ?? []);
  const carryOut = async (command: CommandText, typed: Typed): Promise<Asked> => {
    if (command.kind === 'too-long') return answers.tooLong(name, command.length);
    const { word: said, rest } = command;
    const word = said.toLowerCase();
    if (word === 'help') return answers.help(name, help);
    const known = Object.hasOwn(commands, word) ? commands[word] : undefined;
    return (
      (await known?.run(deps, typed, rest)) ??
      answers.unknownCommand(name, help, known === undefined ? said : `${said} ${rest}`.trim())
    );
  };
  app.command(name, async ({ ack, command: typed, client, respond }) => {
    await ack();
    const act = { userId: typed.user_id, userTeam: typed.team_id };
    const command = parseCommand(typed.text);
    if (command.kind === 'command') await beforeWho(deps, client, command.word.toLowerCase(), act);
    const who = await whoIs(deps, client, act);
    const answer =
      who.kind === 'refused'
        ? answers.refusal(who.why)
        : await carryOut(command, {
            actor: who.person,
            client,
            channel: typed.channel_id,
            slackId: typed.user_id,
            triggerId: typed.trigger_id,
            team: typed.team_id,
            app: typed.api_app_id,
          });
    if (answer !== 'modal')
      await sayAgain(() => respond({ response_type: 'ephemeral', ...answer }));
  });
};
