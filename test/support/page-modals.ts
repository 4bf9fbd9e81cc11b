import type { InputBlock, ModalView, PlainTextElement } from '@slack/types';

export const plain = (text: string): PlainTextElement => ({
  type: 'plain_text',
  text,
  emoji: true,
});

export const option = (text: string, value: string) => ({ text: plain(text), value });

export const POLICY_MODAL: ModalView = {
  type: 'modal',
  callback_id: 'policy',
  title: plain('Sync a policy'),
  submit: plain('Sync'),
  close: plain('Cancel'),
  blocks: [
    {
      type: 'input',
      block_id: 'number',
      label: plain('Policy number'),
      hint: plain('As it stands in the CRM'),
      element: { type: 'plain_text_input', action_id: 'value' },
    },
    {
      type: 'input',
      block_id: 'when',
      label: plain('When'),
      element: {
        type: 'radio_buttons',
        action_id: 'value',
        initial_option: option('Now', 'now'),
        options: [option('Now', 'now'), option('Later', 'later')],
      },
    },
    {
      type: 'actions',
      block_id: 'more',
      elements: [{ type: 'button', action_id: 'code', text: plain('Enter code') }],
    },
  ],
};

export const CODE_MODAL: ModalView = {
  type: 'modal',
  callback_id: 'code',
  title: plain('Enter code'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input',
      block_id: 'code',
      label: plain('Code'),
      element: { type: 'number_input', action_id: 'value', is_decimal_allowed: false },
    },
  ],
};

export const LOADING_MODAL: ModalView = {
  type: 'modal',
  title: plain('Everything'),
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Loading…' } }],
};

const input = (label: string, element: InputBlock['element']): InputBlock => ({
  type: 'input',
  block_id: label.toLowerCase(),
  label: plain(label),
  optional: true,
  element,
});

const CARRIERS = [option('Northbridge', 'nb'), option('Meridian', 'me'), option('Harbor', 'ha')];

/** One input of each kind; the block_id is the label in small letters. */
export const EVERYTHING_MODAL: ModalView = {
  type: 'modal',
  callback_id: 'everything',
  title: plain('Everything'),
  submit: plain('Tell'),
  blocks: [
    input('Note', { type: 'plain_text_input', action_id: 'value', multiline: true }),
    input('Mail', { type: 'email_text_input', action_id: 'value' }),
    input('Site', { type: 'url_text_input', action_id: 'value' }),
    input('Count', { type: 'number_input', action_id: 'value', is_decimal_allowed: true }),
    input('Person', { type: 'users_select', action_id: 'value' }),
    input('Channel', { type: 'channels_select', action_id: 'value' }),
    input('Carrier', { type: 'static_select', action_id: 'value', options: CARRIERS }),
    input('Carriers', {
      type: 'multi_static_select',
      action_id: 'value',
      options: CARRIERS,
      initial_options: CARRIERS.slice(0, 1),
    }),
    input('Day', { type: 'datepicker', action_id: 'value' }),
    input('Time', { type: 'timepicker', action_id: 'value', initial_time: '09:30' }),
    input('Moment', { type: 'datetimepicker', action_id: 'value' }),
    input('Wishes', { type: 'checkboxes', action_id: 'value', options: CARRIERS }),
    input('Untouched', {
      type: 'plain_text_input',
      action_id: 'value',
      initial_value: 'as it was',
    }),
  ],
};
