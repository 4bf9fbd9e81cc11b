import type { PlainTextOption, View } from '@slack/types';
import { contactSheet, lookUpContact } from './contacts.ts';
import * as answers from '#slack/answers.ts';
import { plain } from '#slack/blocks.ts';
import { parsePicker } from './click-values.ts';
import { submission, type Search } from '#slack/listen.ts';
import { contactModal } from './contact-modal.ts';
import type { PickerState } from './pickers.ts';
import type { ContactBrief } from '#core/policies/policies.ts';

/** As many as of policies. */
const MOST_OFFERED = 50;

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
      hint: plain(
        `Type a part of the name, or the e-mail address. Of more than ${MOST_OFFERED} the first are offered: type more.`,
        150,
      ),
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

export const searchContacts: Search = async (deps, { actor }, typed) => {
  const found = await lookUpContact(deps, actor, typed, MOST_OFFERED);
  const contacts =
    found.kind === 'one' ? [found.contact] : found.kind === 'several' ? found.contacts : [];
  return contacts.map(contactOption);
};

export const contactSearched = submission(
  CONTACT_SEARCH,
  'contact',
  parsePicker,
  async (deps, { actor, field }, { origin }) => {
    const contact = field('contact', 'contact-search').selected_option?.value;
    if (contact === undefined) return { error: { answer: answers.tooOld() } };
    const sheet = await contactSheet(deps, actor, contact);
    return sheet === 'refused'
      ? { error: { answer: answers.notYours() } }
      : { view: contactModal({ origin, contact }, sheet, deps.clock()) };
  },
);
