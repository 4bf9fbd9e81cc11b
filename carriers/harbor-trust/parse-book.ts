import type { BookPage, Carrier, Kit } from '#portal/contract.ts';
import { snapshotOf } from './parse.ts';

const COUNT = /^Accounts (\d+)–(\d+) of (\d+)$/;

/** Screen: `accounts`, a card for each, closed ones among them. */
export const bookParser =
  (kit: Kit): NonNullable<Carrier['parseBook']> =>
  ({ html = {} }): BookPage => {
    const $ = kit.load(html['accounts'] ?? '');
    // Closed accounts are hidden unless they are asked for; such a list is not the whole book.
    if (!kit.says($, 'Open and closed accounts'))
      throw new kit.PortalChanged('The list does not say that it has closed accounts too');
    const counts = $('p')
      .toArray()
      .flatMap((line) => {
        const found = COUNT.exec($(line).text().replaceAll(/\s+/g, ' ').trim());
        return found ? [found.slice(1).map(Number)] : [];
      });
    if (counts.length === 0 && kit.says($, 'You have no accounts here.'))
      return { entries: [], total: 0 };
    const [[first = 1, last = 0, total = 0] = [], ...others] = counts;
    if (total === 0 || others.length > 0)
      throw new kit.PortalChanged('The list does not say how long it is');
    const cards = $('article').toArray();
    if (cards.length !== last - first + 1)
      throw new kit.PortalChanged('The list shows fewer or more accounts than it says');
    return { ...kit.entries(cards, (card) => snapshotOf(kit, $.html(card))), total };
  };
