import type { View } from '@slack/types';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { bold, context, escape, plain, section } from '#slack/blocks.ts';

export const ASK_SUPPORT = 'ask-support';
export const CASE_REPLY = 'case-reply';

export const LONGEST_NOTE = 1000;

const words = (label: string, hint: string, optional: boolean) => ({
  type: 'input' as const,
  block_id: 'words',
  optional,
  label: plain(label),
  hint: plain(hint, 150),
  element: {
    type: 'plain_text_input' as const,
    action_id: 'words',
    multiline: true,
    max_length: LONGEST_NOTE,
  },
});

export const askSupportModal = (
  policy: PolicyBrief,
  state: { request: string; sync: string; channel: string },
): View => ({
  type: 'modal',
  callback_id: ASK_SUPPORT,
  private_metadata: JSON.stringify(state),
  title: plain('Ask support', 24),
  submit: plain('Ask', 24),
  close: plain('Cancel', 24),
  blocks: [
    section(
      `${bold(policy.contactName)} · ${escape(policy.carrierName)} ${bold(policy.number)}\nSupport sees every request, attempt and reason, what the carrier said, and who changed what. No password, no code.`,
    ),
    words('Your question', "What you expected, or what you see on the carrier's site.", true),
  ],
});

export const CASE_ANSWER = 'case-answer';

export const answerModal = (caseId: string): View => ({
  type: 'modal',
  callback_id: CASE_ANSWER,
  private_metadata: JSON.stringify({ case: caseId }),
  title: plain('Answer support', 24),
  submit: plain('Send', 24),
  close: plain('Cancel', 24),
  blocks: [words('Your answer', 'Support reads it in their channel.', false)],
});

export const replyModal = (caseId: string): View => ({
  type: 'modal',
  callback_id: CASE_REPLY,
  private_metadata: JSON.stringify({ case: caseId }),
  title: plain('Reply to advisor', 24),
  submit: plain('Send', 24),
  close: plain('Cancel', 24),
  blocks: [
    words('Your answer', 'It appears in the thread of the person who asked.', false),
    context('Everyone who reads that thread can read it.'),
  ],
});
