import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** A line a setting, as a shell reads it: `set -a; . ./file; set +a`. */
const linesOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');

export const isThere = (file: string): boolean => existsSync(file);

export const readSettings = (file: string): Readonly<Record<string, string | undefined>> =>
  parseEnv(readFileSync(file, 'utf8'));

/** Writes the settings for their owner alone. They hold tokens, so nobody else may read them. */
export const writeSettings = (file: string, settings: Readonly<Record<string, string>>): void => {
  writeFileSync(
    file,
    `# Settings of Swivel Sync. Whoever has the tokens in here can act as the bot.\n${linesOf(settings)}`,
    { mode: 0o600 },
  );
  // One that was there before keeps its mode.
  chmodSync(file, 0o600);
};
