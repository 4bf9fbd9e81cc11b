import { dirname } from 'node:path';
import type { Bot, BotOptions } from '#app/bot.ts';
import type { BudgetSettings } from '#slack/budget.ts';
import { startApart, type PlaceTold } from './apart.ts';

/** What the child is told in its environment variable APART. */
export interface BotApart {
  database: PlaceTold;
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

/** The bot in a process of its own. */
export const startBotApart = async (options: BotOptions, database: PlaceTold): Promise<Bot> => {
  const { config, carriers, redis, slack, budget } = options;
  if (slack.by.kind !== 'socket' || slack.apiUrl === undefined || budget === undefined)
    throw new Error('A bot apart is connected by Socket Mode to the local workspace.');
  const told: BotApart = {
    database,
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
  const apart = startApart<FromBot>('bot-child.ts', told);
  const { url, teamId } = await apart.hear('ready');
  return {
    url,
    teamId,
    sweep: () => Promise.reject(new Error('A bot apart sweeps by itself.')),
    beat: async () => {
      apart.child.send('beat');
      const { problem } = await apart.hear('beaten');
      if (problem !== undefined) throw new Error(problem);
    },
    [Symbol.asyncDispose]: () => apart[Symbol.asyncDispose](),
  };
};
