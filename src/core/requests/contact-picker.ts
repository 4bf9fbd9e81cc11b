import type { PlainTextOption, View } from '@slack/types';
import { contactSheet, lookUpContact } from './contacts.ts';
import * as answers from '#slack/answers.ts';
import { plain } from '#slack/blocks.ts';
import { parsePicker } from '#slack/click-values.ts';
import { contactModal } from './contact-modal.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';
import type { PickerState } from './pickers.ts';
import { whoIs } from '#slack/who.ts';
import type { ContactBrief } from '#core/policies/policies.ts';

const CONTACT_SEARCH = 'pick-contact-by-name';

/** A search over the contacts of the book, for who starts without a name. */
export const contactPicker = (state: PickerState): View => ({
  type: 'modal',
  callback_id: CONTACT_SEARCH,
  private_metadata: JSON.stringify(state),
  title: plain('Sync a contact', 24),
  submit: plain('Next', 24),
  close: plain('Close', 24),
  blocks: [
    {
      type: 'input',
      block_id: 'contact',
      label: plain('Contact'),
      hint: plain('Type a part of the name, or the e-mail address.', 150),
      element: {
        type: 'external_select',
        action_id: 'contact-search',
        min_query_length: 2,
        placeholder: plain('Chen'),
      },
    },
  ],
});

const contactOption = (contact: ContactBrief): PlainTextOption => ({
  text: plain(contact.name),
  value: contact.id,
  description: plain(
    [
      ...(contact.birthYear === null ? [] : [`born ${contact.birthYear}`]),
      ...(contact.city === null ? [] : [contact.city]),
      `${contact.policies} ${contact.policies === 1 ? 'policy' : 'policies'}`,
    ].join(' · '),
  ),
});

export const listenToContactPicker = (app: SlackApp, desk: Desk): void => {
  app.options('contact-search', async ({ ack, body, client, payload }) => {
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    const found =
      who.kind === 'refused'
        ? { kind: 'none' as const }
        : await lookUpContact(desk, who.person, payload.value);
    const contacts =
      found.kind === 'one' ? [found.contact] : found.kind === 'several' ? found.contacts : [];
    await ack({ options: contacts.map(contactOption) });
  });

  app.view(CONTACT_SEARCH, async ({ ack, body, view, client }) => {
    const chosen = view.state.values['contact']?.['contact-search']?.selected_option?.value;
    const state = parsePicker(view.private_metadata);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('contact', answers.refusal(who.why)));
    if (state === undefined || chosen === undefined)
      return ack(answers.asError('contact', answers.stale()));
    const sheet = await contactSheet(desk, who.person, chosen);
    if (sheet === 'refused') return ack(answers.asError('contact', answers.notYours()));
    await ack({
      response_action: 'update',
      view: contactModal({ origin: state.origin, contact: chosen }, sheet, desk.clock()),
    });
  });
};
