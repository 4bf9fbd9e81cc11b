import type { View } from '@slack/types';
import { bold, context, name, plain, policies, section } from '#slack/blocks.ts';
import { KNOWN_STANDINGS, type KnownStanding } from '#shared/status.ts';
import type { AskedWord } from './teach.ts';

export const TEACH_MODAL = 'teach-status';

export const MEANINGS: Record<KnownStanding, string> = {
  open: 'Open: in force',
  pending: 'Pending: not issued yet, or under way',
  closed: 'Closed: surrendered, matured, ended',
  expired: 'Expired: lapsed',
};

const option = (standing: KnownStanding) => ({
  text: plain(MEANINGS[standing]),
  value: standing,
});

/** Nothing is chosen to begin with: a word is never guessed. */
export const teachModal = (
  { carrier, word, waiting }: AskedWord,
  asked: { sync: string; channel: string },
): View => ({
  type: 'modal',
  callback_id: TEACH_MODAL,
  private_metadata: JSON.stringify(asked),
  title: plain('What it means', 24),
  submit: plain('Save', 24),
  close: plain('Cancel', 24),
  blocks: [
    section(
      `${name(carrier.name)} shows the status ${bold(word)}. What does it mean there? Look it up on its site, or ask them.`,
    ),
    {
      type: 'input',
      block_id: 'standing',
      label: plain('Meaning'),
      element: {
        type: 'static_select',
        action_id: 'standing',
        placeholder: plain('Choose'),
        options: KNOWN_STANDINGS.map(option),
      },
    },
    context(
      `It counts for every policy at ${name(carrier.name)} from now on${waiting > 1 ? `; ${policies(waiting)} wait for it` : ''}. We record who said it.`,
    ),
  ],
});
