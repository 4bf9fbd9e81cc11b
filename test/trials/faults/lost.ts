import { TEAM } from '#test/support/people.ts';
import { REFUSED } from '../slack/stage.ts';
import type { FaultFirm } from './firm.ts';
import { loggedBetween } from './happened.ts';
import type { AskedCommand } from './load.ts';

/** A bot that ended is back by then, and has told whom it could tell at once. */
const BEFORE_MS = 5000;
const AFTER_MS = 30_000;
/** What is told later of what was acknowledged and not answered comes after minutes. */
const TOLD_WITHIN_MS = 10 * 60_000;

const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 23);

const toldSince = async ({ client }: FaultFirm, { person, typedAt }: AskedCommand) => {
  const said = await Promise.all(
    [TEAM, 'dm'].map(async (place) =>
      client.messages(person, (await client.resolve(person, place)).channel),
    ),
  );
  return said
    .flat()
    .map(({ ts, text, user }) => ({ at: Number(ts) * 1000, text, user }))
    .filter(({ at, user }) => user !== person && at >= typedAt && at <= typedAt + TOLD_WITHIN_MS)
    .toSorted((a, b) => a.at - b.at);
};

/**
 * All that can be known of a command that was acknowledged and has no request: its text, its ack, what
 * happened to which process around it, what its person read since, what is owed to them, and what the
 * bots logged.
 */
export const storyOf = async (firm: FaultFirm, command: AskedCommand): Promise<string[]> => {
  const { person, text, typedAt, endedAt } = command;
  const [from, to] = [typedAt - BEFORE_MS, endedAt + AFTER_MS];
  const happened = firm.happened.filter(({ at }) => at >= from && at <= to);
  const told = await toldSince(firm, command);
  const handled = await firm.db
    .selectFrom('handled')
    .select(['key', 'at', 'claimed_by', 'owed_to'])
    .where('key', 'like', `command:%:${person}:%`)
    .where('at', '>=', from)
    .where('at', '<=', to)
    .orderBy('at')
    .execute();
  const logged = await Promise.all(
    firm.bots.map(async (bot) =>
      (await loggedBetween(firm.logOf(bot), from, to)).map((line) => `${bot} logged ${line}`),
    ),
  );
  return [
    `${person} typed "${text}" at ${clockOf(typedAt)}, acknowledged by ${clockOf(endedAt)}`,
    ...happened.map(({ at, what }) => `${clockOf(at)} ${what}`),
    ...told.map(({ at, text: words }) => `${clockOf(at)} ${person} was told: ${words}`),
    ...(told.length === 0 ? [`${person} was told nothing`] : []),
    ...handled.map(
      ({ key, at, claimed_by: claim, owed_to: owed }) =>
        `${clockOf(at)} ${key} was ${claim === null ? 'handled' : `claimed by ${claim}`}, ${owed === null ? 'and nothing is owed' : 'and an answer is owed'}`,
    ),
    ...logged.flat(),
  ];
};

/** Slack's trigger begins with when it was pulled, and is in the key of the act. */
const isOf = (key: string, { typedAt, endedAt }: AskedCommand): boolean => {
  const at = Number(/:(\d{13})\./.exec(key)?.[1] ?? NaN);
  return at >= typedAt && at <= endedAt;
};

/**
 * Whether its person was told that nothing may have come of it, or will be, minutes after it: they ask
 * again. At once they are told that it did not work, later that there may be no answer.
 */
export const isTold = async (firm: FaultFirm, command: AskedCommand): Promise<boolean> => {
  const { person, typedAt, endedAt } = command;
  const owed = await firm.db
    .selectFrom('handled')
    .select('key')
    .where('owed_to', '=', person)
    .execute();
  const told = await firm.db
    .selectFrom('notification')
    .select('name as key')
    .where('name', 'like', `owed:command:%:${person}:%`)
    .execute();
  if ([...owed, ...told].some(({ key }) => isOf(key, command))) return true;
  const said = await toldSince(firm, command);
  return said.some(
    ({ at, text }) =>
      at >= typedAt && at <= endedAt + AFTER_MS && REFUSED.some((words) => text.includes(words)),
  );
};

/** Of commands for one policy by one person, those that no request follows; requests by when they were made. */
export const withoutRequest = (
  commands: readonly AskedCommand[],
  madeAt: readonly number[],
): AskedCommand[] => {
  const left = madeAt.toSorted((a, b) => a - b);
  return commands
    .toSorted((a, b) => a.typedAt - b.typedAt)
    .filter(({ acked, typedAt }, nth, all) => {
      const next = all[nth + 1]?.typedAt ?? Infinity;
      const mine = left.findIndex((at) => at >= typedAt && at < next);
      if (mine !== -1) left.splice(mine, 1);
      return mine === -1 && acked;
    });
};
