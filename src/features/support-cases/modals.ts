import type { View } from '@slack/types';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { actions, bold, context, escape, plain, section } from '#slack/blocks.ts';

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
    words(
      'Your question',
      'What you expected, or what you see on the carrier’s site. May stay empty.',
      true,
    ),
  ],
});

export const replyModal = (caseId: string): View => ({
  type: 'modal',
  callback_id: CASE_REPLY,
  private_metadata: JSON.stringify({ case: caseId }),
  title: plain('Reply to advisor', 24),
  submit: plain('Send', 24),
  close: plain('Cancel', 24),
  blocks: [
    words('Your answer', 'It appears in the thread of whoever asked.', false),
    context('Everybody who reads that thread can read it.'),
  ],
});

const EVIDENCE = {
  picture: {
    title: 'Picture',
    what: 'The page as it was not understood. Names, numbers and amounts are blank in it.',
    open: 'Open the picture',
  },
  trace: {
    title: 'Trace',
    what: 'What the adapter did and what the portal answered, step by step. Names, numbers and amounts are not in it.',
    open: 'Open the trace',
  },
};

/** Never uploaded to Slack: our own page shows it. */
export const evidenceModal = (kind: keyof typeof EVIDENCE, url: string): View => {
  const { title, what, open } = EVIDENCE[kind];
  return {
    type: 'modal',
    title: plain(title, 24),
    close: plain('Close', 24),
    blocks: [
      section(what),
      ...actions(kind, [
        { text: open, action: 'open-link-page', value: 'open', url, style: 'primary' },
      ]),
      context('The address works for 15 minutes.'),
    ],
  };
};
