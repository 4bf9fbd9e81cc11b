import type { Faults } from '#simulator/workspace/protocol.ts';
import { HELD } from './acts.ts';
import { ANA, PEOPLE, TEAM, type SlackStage } from './stage.ts';

/** Something that goes wrong between the bot and Slack, and is well again. */
export interface SlackFault {
  name: string;
  /** How long it lasts after the acts, ms: in the full form, and in the short one. No call waits longer than ten seconds. */
  lasts: readonly [full: number, short: number];
  begin: (stage: SlackStage) => Promise<void> | void;
  /** After the acts. */
  meanwhile?: (stage: SlackStage) => Promise<void> | void;
  end: (stage: SlackStage) => Promise<void> | void;
  /** Everybody acts at the same moment; `meanwhile` begins when all has been sent. */
  together?: true;
  /** What was for the channel is read elsewhere, so nothing stands as in calm. */
  moves?: true;
}

/** How long Slack's own trouble may last. */
export const MINUTES = 120_000;

const ALWAYS = 1_000_000;

const answering = (name: string, lasts: SlackFault['lasts'], faults: () => Faults): SlackFault => ({
  name,
  lasts,
  begin: ({ firm }) => firm.client.faults(faults()),
  end: ({ firm }) => firm.client.faults({}),
});

/** Each method that tells people something, once or a few times. */
const LOST = [
  ['chat.postMessage', 4],
  ['chat.update', 3],
  ['chat.postEphemeral', 1],
  ['response_url', 4],
  ['views.open', 1],
  ['views.update', 1],
  ['conversations.info', 2],
] as const;

const workspaceOf = ({ firm }: SlackStage) => firm.local.workspace.workspace;

/** Everything was asked in the channel, and nothing ends there any more. */
const closed = (
  name: string,
  change: Parameters<ReturnType<typeof workspaceOf>['changeChannel']>[1],
): SlackFault => ({
  name,
  lasts: [0, 0],
  moves: true,
  begin: ({ at }) => HELD.forEach(at.pause),
  end: (stage) => {
    workspaceOf(stage).changeChannel(TEAM, change);
    stage.at.releaseAll();
  },
});

const REFRESH_EVERY_MS = 700;
const refreshing = new WeakMap<SlackStage, NodeJS.Timeout>();

const refreshEach = (stage: SlackStage): NodeJS.Timeout =>
  setInterval(() => workspaceOf(stage).refreshConnections('warning', 1), REFRESH_EVERY_MS);

/** Without a connection the bot hears nothing that is asked next. */
const connected = async ({ firm: { client } }: SlackStage): Promise<void> => {
  await client.waitFor({
    as: ANA,
    what: 'the bot to be connected',
    read: async () => (await client.state(ANA)).bot.connected || undefined,
    ms: 60_000,
  });
};

export const SLACK_FAULTS: readonly SlackFault[] = [
  answering('answers lost', [2000, 0], () => ({
    dropAfter: LOST.map(([method, times]) => ({ method, times })),
  })),
  answering('5xx', [MINUTES, 1500], () => ({
    fail: [{ method: '*', times: ALWAYS, status: 503 }],
  })),
  answering('hangs before the work', [MINUTES, 1500], () => ({
    hang: [{ method: '*', times: ALWAYS, carriedOut: false }],
  })),
  answering('hangs after the work', [MINUTES, 1500], () => ({
    hang: [{ method: '*', times: ALWAYS, carriedOut: true }],
  })),
  answering('429', [MINUTES, 1000], () => ({
    fail: [{ method: '*', times: ALWAYS, retryAfter: 2 }],
  })),
  {
    name: 'rate limits of the published tiers',
    lasts: [20_000, 1500],
    begin: (stage) => workspaceOf(stage).limitRates(true),
    end: (stage) => workspaceOf(stage).limitRates(false),
  },
  answering('envelopes three times', [0, 0], () => ({ repeatEnvelopes: 3 })),
  {
    name: 'envelopes in reverse',
    lasts: [0, 0],
    together: true,
    begin: ({ firm }) => firm.client.faults({ reorderEnvelopes: 1000 }),
    meanwhile: ({ firm }) => firm.client.faults({}),
    end: () => undefined,
  },
  {
    name: 'sockets refreshed one by one',
    lasts: [6000, 1500],
    begin: (stage) => void refreshing.set(stage, refreshEach(stage)),
    end: async (stage) => {
      clearInterval(refreshing.get(stage));
      await connected(stage);
    },
  },
  {
    name: 'sockets refreshed all at once',
    lasts: [0, 0],
    begin: (stage) => workspaceOf(stage).refreshConnections(),
    end: connected,
  },
  {
    name: 'out of reach, every socket dropped',
    lasts: [20_000, 1500],
    begin: () => undefined,
    // In between is what lasts: nobody can type then.
    meanwhile: (stage) => workspaceOf(stage).pause(),
    end: async (stage) => {
      await workspaceOf(stage).resume();
      await connected(stage);
    },
  },
  {
    name: 'token revoked',
    lasts: [10_000, 1500],
    begin: ({ at }) => HELD.forEach(at.pause),
    // Slack sends nothing more to an app that is out.
    meanwhile: (stage) => {
      workspaceOf(stage).revokeToken('bot');
      stage.at.releaseAll();
    },
    end: async (stage) => {
      workspaceOf(stage).restoreTokens();
      await stage.firm.stopBot();
      await stage.firm.startBotAgain();
    },
  },
  closed('channel archived', { archived: true }),
  closed('bot removed from the channel', { members: [...PEOPLE] }),
];
