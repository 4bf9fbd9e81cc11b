import type { BlockAction } from '@slack/bolt';
import * as answers from './answers.ts';
import type { Answer } from './answers.ts';
import type { Desk, SlackApp, SlackClient } from './desk.ts';
import { whoIs } from './who.ts';
import type { Person } from '#shared/access.ts';

/** A button or menu of an answer that only this person sees. */
export interface Press {
  actor: Person;
  slackId: string;
  client: SlackClient;
  triggerId: string;
  /** What the button or the chosen line of the menu holds; not to be trusted. */
  value: string | undefined;
  /** Puts the newest state in the place of the answer that was pressed. */
  refresh: (answer: Answer) => Promise<void>;
}

/** What is to be read in the place of the old answer; undefined when a modal says it. */
export const onPress = (
  app: SlackApp,
  desk: Desk,
  name: string | RegExp,
  act: (press: Press) => Promise<Answer | undefined>,
): void => {
  app.action<BlockAction>(name, async ({ ack, body, action, client, respond }) => {
    await ack();
    const refresh = async (answer: Answer): Promise<void> => {
      if (body.channel === undefined) return;
      await respond({ response_type: 'ephemeral', replace_original: true, ...answer });
    };
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    const answer =
      who.kind === 'refused'
        ? answers.refusal(who.why)
        : await act({
            actor: who.person,
            slackId: body.user.id,
            client,
            triggerId: body.trigger_id,
            value:
              action.type === 'button'
                ? action.value
                : action.type === 'overflow'
                  ? action.selected_option.value
                  : undefined,
            refresh,
          });
    if (answer !== undefined) await refresh(answer);
  });
};

type Refresh = Press['refresh'];

/** The answer that a modal was opened from, so that it can follow; lost on a restart, as it may be. */
export const openedFrom = (() => {
  const answersBehind = new Map<string, Refresh>();
  const MOST = 1000;
  return {
    remember: (viewId: string | undefined, refresh: Refresh): void => {
      if (viewId === undefined) return;
      answersBehind.set(viewId, refresh);
      const [oldest] = answersBehind.keys();
      if (answersBehind.size > MOST && oldest !== undefined) answersBehind.delete(oldest);
    },
    refresh: async (
      { log }: Pick<Desk, 'log'>,
      viewId: string,
      answer: () => Promise<Answer>,
    ): Promise<void> => {
      const refresh = answersBehind.get(viewId);
      answersBehind.delete(viewId);
      if (refresh === undefined) return;
      try {
        await refresh(await answer());
      } catch (error) {
        log('an older answer could not be brought up to date', error);
      }
    },
  };
})();
