import { pino, type DestinationStream, type Logger } from 'pino';
import { wallClock } from '#shared/schedule.ts';
import type { Config } from './config.ts';

export type { Logger };

/** On standard error, since standard output is for people: one JSON line an event, or words on a terminal. */
export const createLogger = (
  config: Pick<Config, 'logLevel' | 'timeZone'>,
  part: string,
  isTerminal = process.stderr.isTTY,
): Logger => {
  const lines = pino.destination({ fd: 2, sync: true });
  return pino(
    {
      level: config.logLevel,
      base: { part },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.err },
    },
    isTerminal ? inWords(lines, config.timeZone) : lines,
  );
};

/** A trial on somebody's own machine, which is busy with other things, shows what to try and no more. */
export const asTold = <Level extends 'info' | 'warn'>(
  { mode }: Pick<Config, 'mode'>,
  level: Level,
): Level | 'debug' => (mode.kind === 'local' ? 'debug' : level);

const SHOWN = new Set(['level', 'time', 'part', 'msg', 'err']);

/** `15:30 worker: the worker ended (how: code 1)` */
export const inWords = (to: DestinationStream, zone: string): DestinationStream => ({
  write: (line) => {
    const event = JSON.parse(line) as Record<string, unknown> & { err?: { stack?: string } };
    const more = Object.entries(event)
      .filter(([name]) => !SHOWN.has(name))
      .map(
        ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
    const about = more.length > 0 ? ` (${more.join(', ')})` : '';
    const { stack } = event.err ?? {};
    const at = wallClock(Date.parse(String(event['time'])), zone).time;
    to.write(
      `${at} ${String(event['part'])}: ${String(event['msg'])}${about}\n${stack === undefined ? '' : `${stack}\n`}`,
    );
  },
});
