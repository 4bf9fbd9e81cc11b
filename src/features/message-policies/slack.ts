import type { GlobalShortcut, MessageShortcut } from '@slack/bolt';
import type { View } from '@slack/types';
import { numbersIn, readableText } from './numbers.ts';
import { messageSheet, requestPolicies } from './message-policies.ts';
import * as answers from '#slack/answers.ts';
import { context, section } from '#slack/blocks.ts';
import { parsePicker } from '#slack/click-values.ts';
import { permalinkOf } from '#core/requests/slack.ts';
import { chosenIn, linkFirst, whyNotAsked } from '#core/requests/contact-slack.ts';
import { contactPicker } from '#core/requests/contact-picker.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';
import { MESSAGE_PICKER, messageModal } from './modal.ts';
import { originOf, type Origin } from '#slack/origin.ts';
import { policyPicker, type PickerState } from '#core/requests/pickers.ts';
import { whoIs } from '#slack/who.ts';
import { sayingModal } from '#slack/saying-modal.ts';

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

export const listenToShortcuts = (app: SlackApp, desk: Desk): void => {
  app.shortcut<MessageShortcut>(
    { callback_id: ON_MESSAGE, type: 'message_action' },
    async ({ ack, shortcut, client }) => {
      await ack();
      // A trigger lives for 3 s, and a book may take longer to look through.
      const opened = await client.views.open({
        trigger_id: shortcut.trigger_id,
        view: sayingModal(section('Looking for policy numbers in this message …')),
      });
      const who = await whoIs(desk, client, {
        userId: shortcut.user.id,
        userTeam: shortcut.team?.id,
      });
      const { command } = desk.settings;
      const sheet =
        who.kind === 'refused'
          ? answers.refusal(who.why)
          : await messageSheet(desk, who.person, numbersIn(readableText(shortcut.message)));
      const view =
        sheet === 'refused' || 'blocks' in sheet
          ? sayingModal(...(sheet === 'refused' ? answers.notYours() : sheet).blocks)
          : messageModal(
              { origin: await originOf(desk, client, shortcut.channel.id, shortcut.user.id) },
              sheet,
              { now: desk.clock(), command },
            );
      const { id, hash } = opened.view ?? {};
      if (id !== undefined)
        await client.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
    },
  );

  const anywhere = (callbackId: string, picker: (state: PickerState) => View): void => {
    app.shortcut<GlobalShortcut>(
      { callback_id: callbackId, type: 'shortcut' },
      async ({ ack, shortcut, client }) => {
        await ack();
        const { id } = shortcut.user;
        const who = await whoIs(desk, client, { userId: id, userTeam: shortcut.team?.id });
        await client.views.open({
          trigger_id: shortcut.trigger_id,
          view:
            who.kind === 'refused'
              ? sayingModal(...answers.refusal(who.why).blocks)
              : picker({ origin: { askedIn: id, channel: id } }),
        });
      },
    );
  };
  anywhere(ANYWHERE.policy, policyPicker);
  anywhere(ANYWHERE.contact, contactPicker);

  app.view(MESSAGE_PICKER, async ({ ack, body, view, client }) => {
    const state = parsePicker(view.private_metadata);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    const firstBox = view.blocks.find(({ block_id }) =>
      /^(?:policies|close):/.test(block_id ?? ''),
    )?.block_id;
    const error = (text: string) =>
      ack({ response_action: 'errors', errors: { [firstBox ?? 'policies']: text } });
    if (who.kind === 'refused') return error(who.why);
    if (state === undefined) return error('This window is too old. Use the shortcut again.');
    const { policyIds, sources } = chosenIn(view.state.values);
    if (policyIds.length === 0) return error('Tick at least one policy.');
    const origin = await originOf(desk, client, state.origin.askedIn, body.user.id);
    const outcome = await requestPolicies(desk, who.person, {
      policyIds,
      sources,
      origin,
      dedupeKey: `view:${view.id}`,
    });
    if (outcome.kind === 'refused') return error('One of these is not in your book any more.');
    if (outcome.kind !== 'requested') return error(whyNotAsked(desk, outcome));
    const link = await linkFirst(desk, who.person.id, outcome, view.id);
    if (link !== undefined) return ack({ response_action: 'update', view: link });
    if (outcome.already) {
      const permalink = await permalinkOf(desk, client, outcome.requestId);
      const thread = permalink === undefined ? '' : ` <${permalink}|See the thread>.`;
      const text = `These are being synced already: you asked for them before.${thread}`;
      return ack({ response_action: 'update', view: sayingModal(section(text)) });
    }
    if (origin.channel === body.user.id)
      return ack({ response_action: 'update', view: elsewhere(outcome.policies, origin) });
    await ack();
  });
};
