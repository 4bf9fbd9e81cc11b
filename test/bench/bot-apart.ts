import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Bot, BotOptions } from '#app/bot.ts';
import type { BudgetSettings } from '#slack/budget.ts';

/** What the child is told in its environment variable BOT. */
export interface BotApart {
  databaseFile: string;
  /** With its keys and pictures. */
  folder: string;
  redis: BotOptions['redis'];
  /** How far the firm's time is from the machine's, ms. */
  aheadMs: number;
  config: BotOptions['config'];
  carriers: BotOptions['carriers'];
  budget: BudgetSettings;
  slack: { botToken: string; appToken: string; apiUrl: string };
}

export type FromBot =
  | { kind: 'ready'; url: string; teamId: string }
  | { kind: 'beaten'; problem?: string };

/** The bot in a process of its own, as on a machine of its own: whoever measures takes none of its time. */
export const startBotApart = async (options: BotOptions, databaseFile: string): Promise<Bot> => {
  const { config, carriers, redis, slack, budget } = options;
  if (slack.by.kind !== 'socket' || slack.apiUrl === undefined || budget === undefined)
    throw new Error('A bot apart is connected by Socket Mode to the local workspace.');
  const told: BotApart = {
    databaseFile,
    folder: dirname(options.pictures),
    redis,
    aheadMs: options.clock() - Date.now(),
    config,
    carriers,
    budget,
    slack: {
      botToken: slack.botToken.reveal(),
      appToken: slack.by.appToken.reveal(),
      apiUrl: slack.apiUrl,
    },
  };
  const child = fork(join(import.meta.dirname, 'bot-child.ts'), {
    env: { ...process.env, BOT: JSON.stringify(told) },
  });
  const ended = once(child, 'exit');
  const hear = async <Kind extends FromBot['kind']>(
    kind: Kind,
  ): Promise<Extract<FromBot, { kind: Kind }>> => {
    const message = once(child, 'message') as Promise<[FromBot]>;
    const [heard] = await Promise.race([
      message,
      ended.then(([code]) => Promise.reject(new Error(`The bot ended by itself (${code}).`))),
    ]);
    if (heard.kind !== kind) throw new Error(`The bot said "${heard.kind}", not "${kind}".`);
    return heard as Extract<FromBot, { kind: Kind }>;
  };
  const { url, teamId } = await hear('ready');
  return {
    url,
    teamId,
    sweep: () => Promise.reject(new Error('A bot apart sweeps by itself.')),
    beat: async () => {
      child.send('beat');
      const { problem } = await hear('beaten');
      if (problem !== undefined) throw new Error(problem);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
