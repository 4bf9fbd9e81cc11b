import * as cheerio from 'cheerio';
import {
  cosmetic,
  harmful,
  inEuros,
  inGerman,
  inPounds,
  INTERSTITIAL,
  mute,
  otherAmounts,
  otherNumber,
  withCommas,
  type Changed,
} from './mutation.ts';

type $ = cheerio.CheerioAPI;

const edited = (html: string, change: ($: $) => void): string => {
  const $ = cheerio.load(html);
  change($);
  return $.html();
};

const LABELS = 'th, dt, label, thead td';
const rowsOf = (_: $, table: cheerio.Cheerio<never>) => table.find('tr').toArray();

const swapTag = ($: $, from: string, to: string): void => {
  $(from).each((_, each) => {
    (each as unknown as { tagName: string }).tagName = to;
  });
};

/** Cells of each row of each table, handed over to be put in another order. */
const eachRow = ($: $, change: (cells: cheerio.Cheerio<never>, index: number) => void): void => {
  $('table').each((_, table) => {
    const [head] = rowsOf($, $(table as never));
    // A table of facts has its headers in front of them, not above.
    if ($(head as never).children('td').length > 0) return;
    rowsOf($, $(table as never)).forEach((row, index) => {
      const cells = $(row as never).children('th, td') as unknown as cheerio.Cheerio<never>;
      if (cells.length > 1) change(cells, index);
    });
  });
};

const textNodes = ($: $, change: (text: string) => string): void => {
  const walk = (
    nodes: readonly { type: string; data?: string; name?: string; children?: never[] }[],
  ): void => {
    for (const node of nodes) {
      if (node.type === 'text' && node.data !== undefined && node.data.trim() !== '')
        node.data = change(node.data);
      else if (node.children && !/^(style|script)$/.test(node.name ?? '')) walk(node.children);
    }
  };
  walk($('body').contents().toArray() as never);
};

/** What says the same, drawn otherwise. */
export const cosmeticHtml = (html: string): Changed<string>[] => {
  const change = (name: string, how: ($: $) => void): Changed<string> => [
    cosmetic(name),
    edited(html, how),
  ];
  return [
    change('class names changed', ($) =>
      $('[class]').each((i, each) => void $(each).attr('class', `css-${i}x`)),
    ),
    change('class names removed', ($) => void $('[class]').removeAttr('class')),
    change('ids changed', ($) =>
      $('[id]').each((i, each) => {
        const id = $(each).attr('id') ?? '';
        $(`[for="${id}"]`).attr('for', `u${i}`);
        $(`[aria-labelledby="${id}"]`).attr('aria-labelledby', `u${i}`);
        $(each).attr('id', `u${i}`);
      }),
    ),
    change('ids removed', ($) =>
      $('[id]').each((_, each) => {
        if (
          $(`[for="${$(each).attr('id')}"], [aria-labelledby="${$(each).attr('id')}"]`).length === 0
        )
          $(each).removeAttr('id');
      }),
    ),
    change(
      'extra attributes',
      ($) => void $('body *').attr('data-v-7ba5bd90', '').attr('style', 'margin:0'),
    ),
    change(
      'tables in wrappers',
      ($) => void $('table').wrap('<div class="scroll"><div></div></div>'),
    ),
    change(
      'everything in a wrapper',
      ($) => void $('body').html(`<div id="app"><div>${$('body').html()}</div></div>`),
    ),
    change('cells in spans', ($) =>
      $('td, th, dd, dt').each((_, each) => void $(each).html(`<span>${$(each).html()}</span>`)),
    ),
    change('cells with white space', ($) =>
      $('td, th, dd, dt').each((_, each) => void $(each).html(`\n      ${$(each).html()}\n    `)),
    ),
    change('spaces that do not break', ($) =>
      textNodes($, (text) => text.replaceAll(/(?<=\S) (?=\S)/g, '\u00A0')),
    ),
    change(
      'no white space between tags',
      ($) => void $('body').html(($('body').html() ?? '').replaceAll(/>\s+</g, '><')),
    ),
    change(
      'comments everywhere',
      ($) => void $('td, dd, p').append('<!-- rendered -->').prepend('<!-- v2 -->'),
    ),
    change('div to section', ($) => {
      swapTag($, 'div', 'section');
      swapTag($, 'main', 'div');
    }),
    change('headings a level down', ($) => {
      swapTag($, 'h2', 'h3');
      swapTag($, 'h1', 'h2');
    }),
    change('strong to b, header to div', ($) => {
      swapTag($, 'strong', 'b');
      swapTag($, 'header', 'div');
    }),
    change('an extra column at the end', ($) =>
      eachRow(
        $,
        (cells, index) =>
          void cells.last().after(index === 0 ? '<th>Documents</th>' : '<td>PDF</td>'),
      ),
    ),
    change('an extra column in front', ($) =>
      eachRow(
        $,
        (cells, index) =>
          void cells.first().before(index === 0 ? '<th>Line</th>' : `<td>${index}</td>`),
      ),
    ),
    change('columns in another order', ($) =>
      eachRow($, (cells) => void cells.first().before(cells.last())),
    ),
    change('rows in another order', ($) =>
      $('table').each((_, table) => {
        const rows = rowsOf($, $(table as never)).slice(1);
        const first = rows[0];
        if (first !== undefined) for (const row of rows.slice(1)) $(first as never).before(row);
      }),
    ),
    change('terms in another order', ($) =>
      $('dl').each((_, list) => {
        const terms = $(list).children('dt').toArray();
        for (const term of terms.slice(0, -1).toReversed()) {
          const described = $(term).next('dd');
          $(list)
            .append(term as never)
            .append(described);
        }
      }),
    ),
    change(
      'another table beside',
      ($) =>
        void $('table')
          .first()
          .before(
            '<table><tr><th>Document</th><th>Posted</th></tr><tr><td>Annual statement</td><td>yes</td></tr></table>',
          ),
    ),
    change('a menu and a footer', ($) => {
      $('body').prepend(
        '<nav><ul><li><a href="/a">Accounts overview</a></li><li><a href="/b">Help</a></li></ul></nav>',
      );
      $('body').append('<footer><p>Copyright 2026. Values are not guaranteed.</p></footer>');
    }),
    change(
      'a notice on top',
      ($) =>
        void $('body').prepend('<aside role="note"><p>New: statements come by mail.</p></aside>'),
    ),
    change(
      'icons in cells',
      ($) => void $('th').append('<i aria-hidden="true"></i>').prepend('<svg></svg>'),
    ),
    change('thead and tbody gone', ($) =>
      $('table').each(
        (_, table) =>
          void $(table).html(
            $(table)
              .find('tr')
              .toArray()
              .map((row) => $.html(row as never))
              .join(''),
          ),
      ),
    ),
    change('labels with a colon', ($) =>
      $('dt, tr > th:first-child:not(thead th)').each((_, each) => {
        if ($(each).siblings('th').length === 0 && !/:\s*$/.test($(each).text()))
          $(each).append(':');
      }),
    ),
  ];
};

/** What no longer says what it said, or not surely. `number` is the policy that was asked for. */
export const harmfulHtml = (html: string, number: string | undefined): Changed<string>[] => {
  const change = (name: string, how: ($: $) => void): Changed<string> => [
    harmful(name),
    edited(html, how),
  ];
  const $ = cheerio.load(html);
  const labels = [
    ...new Set(
      $(LABELS)
        .toArray()
        .map((each) => $(each).text().trim()),
    ),
  ].filter((text) => text !== '');
  const firstCells = $('tbody tr td:first-child, tr td:first-child')
    .toArray()
    .map((each) => $(each).text().trim())
    .filter((text) => /^[A-Z][A-Za-z ]+$/.test(text) && /value|benefit|premium/i.test(text));
  const renamed = [...labels, ...new Set(firstCells)].map((label, index) =>
    change(`label "${label}" renamed`, ($) =>
      $(`${LABELS}, td`).each((_, each) => {
        if ($(each).text().trim() === label) $(each).text(`Item ${index} details`);
      }),
    ),
  );
  return [
    ...renamed,
    ...swappedHeaders(html),
    ...$('table')
      .toArray()
      .map((_, index) =>
        change(`table ${index} removed`, ($) => void $('table').eq(index).remove()),
      ),
    ...$('dl')
      .toArray()
      .map((_, index) => change(`list ${index} removed`, ($) => void $('dl').eq(index).remove())),
    ...$('table')
      .toArray()
      .map((_, index) =>
        change(
          `rows of table ${index} removed`,
          ($) => void $('table').eq(index).find('tr').slice(1).remove(),
        ),
      ),
    change('cells emptied', ($) => void $('td').text('')),
    change('amounts emptied', ($) =>
      $('td').each((_, each) => {
        if (/\d\.\d{2}/.test($(each).text())) $(each).text('');
      }),
    ),
    change('descriptions emptied', ($) => void $('dd').text('')),
    [mute('body emptied'), edited(html, ($) => void $('body').html(''))],
    [mute('file emptied'), ''],
    [mute('interstitial instead'), INTERSTITIAL],
    change(
      'interstitial within',
      ($) =>
        void $('main, body')
          .last()
          .html('<p>Before you go on: take our survey. <button>Not now</button></p>'),
    ),
    change('in German', ($) => textNodes($, (text) => inGerman(withCommas(text)))),
    change('labels in German', ($) =>
      $(LABELS).each((_, each) => void $(each).text(inGerman($(each).text()))),
    ),
    change('amounts with decimal commas', ($) => textNodes($, withCommas)),
    change('in euros', ($) => textNodes($, inEuros)),
    change('in pounds', ($) => textNodes($, inPounds)),
    ...(number === undefined
      ? []
      : [
          change('of another policy', ($) =>
            textNodes($, (text) => otherAmounts(text.replaceAll(number, otherNumber(number)))),
          ),
          change(
            'with another policy after it',
            ($) => void $('body').append(otherBody(html, number)),
          ),
          change(
            'with another policy before it',
            ($) => void $('body').prepend(otherBody(html, number)),
          ),
        ]),
    ...Array.from({ length: 19 }, (_, index) => (index + 1) / 20).map((share): Changed<string> => {
      const named = share < 0.3 ? mute : harmful;
      return [
        named(`cut off at ${Math.round(share * 100)} %`),
        html.slice(0, Math.floor(html.length * share)),
      ];
    }),
  ];
};

const otherBody = (html: string, number: string): string => {
  const $ = cheerio.load(html);
  textNodes($, (text) => otherAmounts(text.replaceAll(number, otherNumber(number))));
  return $('body').html() ?? '';
};

type Sort = 'amount' | 'date' | 'number' | 'text';

const sortOf = (text: string): Sort =>
  /\d\.\d{2}\b/.test(text) || /^(—|-|N\/A|Not available)$/.test(text)
    ? 'amount'
    : /\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}, \d{4}/.test(text)
      ? 'date'
      : /\d{3}/.test(text)
        ? 'number'
        : 'text';

/**
 * Headers that changed places while their cells stayed. Two columns of one sort (two amounts, say) are
 * left out: nobody could tell from such a page.
 */
const swappedHeaders = (html: string): Changed<string>[] => {
  const $ = cheerio.load(html);
  return $('table')
    .toArray()
    .flatMap((table, index) => {
      const [head, first] = $(table).find('tr').toArray();
      const titles = $(head as never)
        .children('th, td')
        .toArray()
        .map((each) => $(each).text().trim());
      const sorts = $(first as never)
        .children('th, td')
        .toArray()
        .map((each) => sortOf($(each).text().trim()));
      return titles.flatMap((title, a) =>
        titles.slice(a + 1).flatMap((other, rest): Changed<string>[] => {
          const b = a + 1 + rest;
          if (sorts[a] === sorts[b] || sorts[b] === undefined) return [];
          return [
            [
              harmful(`headers "${title}" and "${other}" swapped`),
              edited(html, ($) => {
                const cells = $('table').eq(index).find('tr').first().children('th, td');
                cells.eq(a).text(other);
                cells.eq(b).text(title);
              }),
            ],
          ];
        }),
      );
    });
};
