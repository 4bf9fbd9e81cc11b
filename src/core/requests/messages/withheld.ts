import { name } from '#slack/blocks.ts';
import type { ItemView, Withheld } from '../view.ts';

const leftOut = ({ from, why }: Withheld): string => {
  switch (why) {
    case 'access-ended':
      return `${name(from)} has no access any more, so nothing is shown here. Whoever needs it syncs it again.`;
    case 'not-in-book':
      return `${name(from)} may not see this client any more, so nothing is shown here. Ask a manager.`;
    case 'not-named':
      return `${name(from)} named its number too long ago, so nothing is shown here. To see it, sync it again by its whole number.`;
  }
};

/** In place of what a sync found. What keeps it waiting, or failed, tells nothing of a client. */
export const withheldSentence = ({ withheld, status, reason }: ItemView): string | undefined => {
  if (withheld === undefined) return undefined;
  if (status === 'cancelled' && withheld.why === 'access-ended')
    return `Cancelled: ${name(withheld.from)} has no access any more. Whoever needs it syncs it again.`;
  return status === 'success' || status === 'not-found' || reason === 'implausible'
    ? leftOut(withheld)
    : undefined;
};
