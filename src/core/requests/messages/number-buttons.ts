import type { ButtonSpec } from '#slack/blocks.ts';
import type { ItemView, RequestView } from '../view.ts';
import { freeNumbers } from './free-numbers.ts';
import { shownNumber, soughtNumber, type Privacy } from './words.ts';

/** A button for each of them; `close` is its place among all that the carrier has. */
export const numberButtons = (
  { id }: Pick<RequestView, 'id'>,
  item: ItemView,
  privacy: Privacy,
): ButtonSpec[] =>
  freeNumbers(item).map(({ number, close }) => {
    const [old, shown] = [soughtNumber(item, privacy), shownNumber(number, privacy)];
    return {
      text: `Correct to ${shown}`,
      action: `fix-number:${close}`,
      value: JSON.stringify({ request: id, sync: item.syncId, close }),
      confirm: {
        title: 'Correct the number?',
        text: `${old} becomes ${shown}. The policy is then synced at once.`,
        yes: 'Correct and sync',
      },
    };
  });
