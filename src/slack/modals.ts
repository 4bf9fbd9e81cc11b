import { type KnownBlock, plain, section, actions, context } from './blocks.ts';
import type { View } from '@slack/types';

export const EVIDENCE = {
  picture: {
    title: 'Picture',
    what: "The page we couldn't read. Names, numbers and amounts are blank in it.",
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

/** One that only says something; also what stands there while the book is searched. */
export const sayingModal = (...blocks: KnownBlock[]): View => ({
  type: 'modal',
  title: plain('Swivel Sync', 24),
  close: plain('Close', 24),
  blocks,
});
