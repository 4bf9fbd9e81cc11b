import type { GlobalShortcut, MessageShortcut } from '@slack/bolt';
import type { View } from '@slack/types';
import { numbersIn, readableText } from './numbers.ts';
import { messageSheet, requestPolicies } from './message-policies.ts';
import { viewKey } from '#slack/act-keys.ts';
import * as answers from '#slack/answers.ts';
import { context, section } from '#slack/blocks.ts';
import { parsePicker } from '#core/requests/click-values.ts';
import { submission, type Submitted } from '#slack/listen.ts';
import {
  chosenIn,
  firstBlock,
  linkFirst,
  syncingAlready,
  whyNotAsked,
} from '#core/requests/contact-slack.ts';
import { contactPicker } from '#core/requests/contact-picker.ts';
import type { SlackApp, SlackClient, SlackDeps } from '#slack/deps.ts';
import { MESSAGE_PICKER, messageModal } from './modal.ts';
import { cardComes, notThere, originKept, originOf, type Origin } from '#slack/origin.ts';
import { policyPicker, type PickerState } from '#core/requests/pickers.ts';
import { whoIs } from '#slack/who.ts';
import { sayingModal } from '#slack/modals.ts';
import { fillModal, openModal } from '#slack/open-modal.ts';

/** As manifest.yml names them. */
const ON_MESSAGE = 'sync-from-message';
const ANYWHERE = { policy: 'sync-policy-anywhere', contact: 'sync-contact-anywhere' };

/** After the submit, where there is more to say than the card shows in the channel. */
const elsewhere = (policies: number, { note }: Origin) =>
  sayingModal(
    section(
      `Syncing ${policies === 1 ? 'the policy' : `${policies} policies`}. The card is in our direct messages.`,
    ),
    ...(note === undefined ? [] : [context(note)]),
  );

/** The thread that a message is in. One that hangs on a card of ours is that card's alone. */
const threadOf = ({ thread_ts, ts, bot_id }: MessageShortcut['message']): string | undefined =>
  typeof thread_ts === 'string' && (bot_id === undefined || thread_ts !== ts)
    ? thread_ts
    : undefined;

/** A modal says so before it closes, where the card comes elsewhere. */
const originNow = async (
  deps: SlackDeps,
  client: SlackClient,
  { channel, user, message }: MessageShortcut,
): Promise<Origin> => {
  const origin = originOf(deps, channel.id, user.id, threadOf(message));
  const comes = await cardComes(client, origin);
  return comes === 'here' || comes === 'direct' || comes === 'unknown'
    ? origin
    : { askedIn: channel.id, channel: user.id, note: notThere(channel.id, comes) };
};

export const listenToShortcuts = (app: SlackApp, deps: SlackDeps): void => {
  app.shortcut<MessageShortcut>(
    { callback_id: ON_MESSAGE, type: 'message_action' },
    async ({ ack, shortcut, client }) => {
      await ack();
      // A trigger lives for 3 s, and a book may take longer to look through.
      const opened = await openModal(
        client,
        shortcut.trigger_id,
        sayingModal(section('Looking for policy numbers in this message …')),
      );
      const who = await whoIs(deps, client, {
        userId: shortcut.user.id,
        userTeam: shortcut.team?.id,
      });
      const { command } = deps.settings;
      const sheet =
        who.kind === 'refused'
          ? answers.refusal(who.why)
          : await messageSheet(deps, who.person, numbersIn(readableText(shortcut.message)));
      const view =
        sheet === 'refused' || 'blocks' in sheet
          ? sayingModal(...(sheet === 'refused' ? answers.notYours() : sheet).blocks)
          : messageModal(
              {
                origin: await originNow(deps, client, shortcut),
              },
              sheet,
              { now: deps.clock(), command },
            );
      if (opened !== undefined) await fillModal(client, opened, view);
    },
  );

  const anywhere = (callbackId: string, picker: (state: PickerState) => View): void => {
    app.shortcut<GlobalShortcut>(
      { callback_id: callbackId, type: 'shortcut' },
      async ({ ack, shortcut, client }) => {
        await ack();
        const { id } = shortcut.user;
        const who = await whoIs(deps, client, { userId: id, userTeam: shortcut.team?.id });
        await openModal(
          client,
          shortcut.trigger_id,
          who.kind === 'refused'
            ? sayingModal(...answers.refusal(who.why).blocks)
            : picker({ origin: { askedIn: id, channel: id } }),
        );
      },
    );
  };
  anywhere(ANYWHERE.policy, policyPicker);
  anywhere(ANYWHERE.contact, contactPicker);
};

const refuse = (text: string): Submitted => ({ error: { answer: answers.say(text) } });

export const policiesPicked = submission(
  MESSAGE_PICKER,
  firstBlock(/^(?:policies|close):/),
  parsePicker,
  async (deps, submitted, state) => {
    const { actor, slackId, viewId, values } = submitted;
    const { policyIds, sources } = chosenIn(values);
    if (policyIds.length === 0) return refuse('Tick at least one policy.');
    const origin = originKept(deps, state.origin, slackId);
    const outcome = await requestPolicies(deps, actor, {
      policyIds,
      sources,
      origin,
      dedupeKey: viewKey(viewId),
    });
    if (outcome.kind === 'refused') return refuse('One of these is no longer in your book.');
    if (outcome.kind !== 'requested') return { error: { answer: whyNotAsked(deps, outcome) } };
    const link = await linkFirst(deps, actor.id, outcome, viewId);
    if (link !== undefined) return { view: link };
    if (outcome.already) return syncingAlready(deps, submitted, outcome);
    return origin.channel === slackId ? { view: elsewhere(outcome.policies, origin) } : {};
  },
);
