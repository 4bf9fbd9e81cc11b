import { bare } from '#portal/kit/headings.ts';
import { CommandError, type Terminal } from '../../terminal.ts';
import type { Renaming } from './mend.ts';
import type { Compared } from './screens.ts';

const MOST_OFFERED = 8;

/** "Old=New", as a person says it. */
export const saidRenamings = (said: readonly string[]): Renaming[] =>
  said.map((text) => {
    const [was, now, ...more] = text.split('=').map((part) => part.trim());
    if (!was || !now || more.length > 0)
      throw new CommandError(`"${text}" names no change. Example: --is 'Status=Contract status'`);
    return { was, now };
  });

const saidOf = (said: readonly Renaming[], text: string): string | undefined =>
  said.find(({ was }) => bare(was) === bare(text))?.now;

/** Names what changed its label, what moved and what is new, for a person to compare with the pictures. */
export const describeChanges = (
  compared: readonly Compared[],
  isNamed: (text: string) => boolean,
  said: readonly Renaming[],
): string[] => {
  const lines = new Set<string>();
  for (const { changes, parts } of compared) {
    for (const { was, now, candidates } of changes.lost) {
      const name = now?.text ?? saidOf(said, was.text);
      if (name !== undefined)
        lines.add(`  Changed its label  "${was.text}" is now "${name}" (${was.kind})`);
      else if (isNamed(was.text) && was.kind !== 'text')
        lines.add(
          `  Gone               "${was.text}"${candidates.length === 0 ? '' : '; what took its place is not clear'}`,
        );
    }
    for (const { text, was, now } of changes.moved)
      lines.add(`  Moved              "${text}": ${was}; now ${now}`);
    for (const { was, now } of parts)
      lines.add(`  Moved              what ${was} was is now in ${now}`);
    for (const text of changes.came) lines.add(`  New                "${text}"`);
  }
  return [...lines];
};

/**
 * What is called otherwise, of what the adapter looks for: as said, as seen, else as a person chooses
 * where that is `needed`. A choice is asked for once.
 */
export const renamingsOf = async (
  terminal: Terminal,
  compared: readonly Compared[],
  isNamed: (text: string) => boolean,
  said: Renaming[],
  needed = true,
): Promise<Renaming[]> => {
  const found = new Map<string, Renaming>();
  const take = (renaming: Renaming): void => void found.set(bare(renaming.was), renaming);
  for (const renaming of said) take(renaming);
  for (const { changes, parts } of compared) {
    for (const part of parts) take(part);
    for (const { was, now, candidates } of changes.lost) {
      if (found.has(bare(was.text)) || !isNamed(was.text)) continue;
      if (now !== undefined) {
        take({ was: was.text, now: now.text });
        continue;
      }
      const offered = candidates.slice(0, MOST_OFFERED).map(({ mark }) => mark.text);
      if (!needed || !terminal.isThere || offered.length === 0) continue;
      terminal.print(`  "${was.text}" is not shown any more. What the page has there:`);
      offered.forEach((text, index) => terminal.print(`    ${index + 1}  ${text}`));
      const answer = await terminal.ask('Which of them is it now? Its number; empty for none:');
      const chosen = offered[Number(answer) - 1];
      if (chosen === undefined) continue;
      take({ was: was.text, now: chosen });
      said.push({ was: was.text, now: chosen });
    }
  }
  return [...found.values()];
};
