import { InvalidArgumentError, Option, type Command } from 'commander';

/** An option that may be repeated; absent, it is an empty list that the help does not show. */
export const repeated = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);

/** Whole days, one at least. */
export const days = (value: string): number => {
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new InvalidArgumentError('Give whole days, such as 14.');
  return Number(value);
};

/** A mistake in the command line ends with 2, so that a script can tell it from work that failed. */
export const withUsage = (command: Command): Command => {
  command
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .showHelpAfterError('(--help says what there is)');
  for (const each of command.commands) withUsage(each);
  return command;
};

/** Examples under a command's help, one a line. */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
