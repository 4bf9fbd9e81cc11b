import type { ModalView, View } from '@slack/types';
import type { Confirmed, Pairing } from './link.ts';
import { actions, context, escape, bold, plain, section, type KnownBlock } from '#slack/blocks.ts';

const modal = (blocks: KnownBlock[]): ModalView => ({
  type: 'modal',
  callback_id: 'link',
  title: plain('Link a login', 24),
  close: plain('Close', 24),
  blocks,
});

/** Slack never takes a password: the button opens our own page. */
export const linkModal = (sourceName: string, url: string): View =>
  modal([
    section(
      `Sign in to ${bold(sourceName)} on our own page. Type your password there, never in Slack.`,
    ),
    ...actions('open', [
      {
        text: 'Open the link page',
        action: 'open-link-page',
        value: 'open',
        url,
        style: 'primary',
      },
    ]),
    context(
      'The page works for 15 minutes, in one browser. If it shows a number after *Continue*, come back: this window then has a field for it.',
    ),
  ]);

export const PAIR = 'pair';

export const pairingModal = (pairing: Pairing): View => ({
  ...modal([
    section(
      `A browser wants to sign in to ${bold(pairing.sourceName)} for you. *Which number does it show?*`,
    ),
    {
      type: 'input',
      block_id: 'number',
      label: plain('The two-digit number on the page'),
      element: {
        type: 'plain_text_input',
        action_id: 'number',
        min_length: 2,
        max_length: 2,
        focus_on_load: true,
      },
    },
    section("Can't get back to that page?"),
    ...actions('lost', [
      {
        text: 'Open a new page',
        action: 'new-link-page',
        value: JSON.stringify({ link: pairing.linkId }),
      },
    ]),
    context(
      'A new page closes the old one. Not you? Close this window: without the number, nobody can continue.',
    ),
  ]),
  callback_id: PAIR,
  private_metadata: JSON.stringify({ link: pairing.linkId }),
  submit: plain('Confirm', 24),
});

const CONFIRMED: Record<Confirmed['kind'], string> = {
  confirmed: ':white_check_mark: Matched. Sign in in your browser now.',
  already: 'That page is confirmed already. Continue in your browser.',
  'wrong-number':
    ':warning: The page shows another number. For your safety there is one try: press Link again for a new page.',
  expired: 'That page is too old. Press Link again for a new one.',
  'not-yours': ':no_entry: That page is not yours.',
};

export const confirmedModal = (outcome: Confirmed): View =>
  modal([section(CONFIRMED[outcome.kind])]);

/** What stands in an open modal once its link has ended. */
export const endedModal = (sourceName: string, linked: boolean): View =>
  modal([
    section(
      linked
        ? `:white_check_mark: ${bold(sourceName)} is linked. You can close this window.`
        : `This link of ${bold(sourceName)} has ended. Press Link again for a new one.`,
    ),
  ]);

export const noLinkModal = (why: string): View => modal([section(escape(why))]);
