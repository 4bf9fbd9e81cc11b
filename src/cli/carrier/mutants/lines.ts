import {
  cosmetic,
  harmful,
  inEuros,
  inGerman,
  inPounds,
  mute,
  otherAmounts,
  otherNumber,
  withCommas,
  type Changed,
} from './mutation.ts';

/** Mutants of a PDF's text: lines, their cells divided by tabs. */
export const cosmeticLines = (text: string): Changed<string>[] => {
  const lines = text.split('\n');
  const rows = lines.flatMap((line, index) => (/\t.*\d\.\d{2}/.test(line) ? [index] : []));
  const facts = lines.flatMap((line, index) =>
    /^[A-Z][a-z ]+\t[^\t]+$/.test(line) ? [index] : [],
  );
  return [
    [cosmetic('a footer'), `${text}\nPage 1 of 1\nQuestions? Call your service team.`],
    [cosmetic('a heading'), `Prepared for advisors\n${text}`],
    [cosmetic('empty lines'), lines.join('\n\n')],
    [cosmetic('space at the ends of lines'), lines.map((line) => `${line}  `).join('\n')],
    [cosmetic('Windows line ends'), lines.join('\r\n')],
    [cosmetic('space around cells'), text.replaceAll('\t', ' \t ')],
    [cosmetic('an address line'), `${lines[0]}\n12 Main Street\n${lines.slice(1).join('\n')}`],
    [cosmetic('values in another order'), reordered(lines, rows).join('\n')],
    [cosmetic('facts in another order'), reordered(lines, facts).join('\n')],
  ];
};

const reordered = (lines: readonly string[], places: readonly number[]): string[] => {
  const back = places.toReversed();
  return lines.map((line, index) => {
    const place = places.indexOf(index);
    return place < 0 ? line : (lines[back[place] ?? index] ?? line);
  });
};

export const harmfulLines = (text: string, number: string | undefined): Changed<string>[] => {
  const lines = text.split('\n');
  const headed = lines.findIndex((line) => line.split('\t').length > 2);
  const head = lines[headed]?.split('\t') ?? [];
  const labels = [
    ...new Set(
      lines
        .flatMap((line, index) => (index === headed ? head : line.split('\t').slice(0, 1)))
        .filter((cell) => /^[A-Z][A-Za-z ]+$/.test(cell)),
    ),
  ];
  return [
    ...labels.map((label, index): Changed<string> => [
      harmful(`"${label}" renamed`),
      text
        .split('\n')
        .map((line) =>
          line
            .split('\t')
            .map((cell) => (cell === label ? `Item ${index}` : cell))
            .join('\t'),
        )
        .join('\n'),
    ]),
    ...lines.map((_, index): Changed<string> => [
      harmful(`line ${index + 1} removed`),
      lines.toSpliced(index, 1).join('\n'),
    ]),
    ...head.flatMap((title, a) =>
      head.flatMap((other, b): Changed<string>[] =>
        b <= a
          ? []
          : [
              [
                harmful(`headers "${title}" and "${other}" swapped`),
                lines.with(headed, head.with(a, other).with(b, title).join('\t')).join('\n'),
              ],
            ],
      ),
    ),
    [mute('emptied'), ''],
    [
      mute('another letter'),
      'Dear advisor,\nNo statement was found for this account.\nWe look forward to serving you.',
    ],
    [harmful('in German'), inGerman(withCommas(text))],
    [harmful('amounts with decimal commas'), withCommas(text)],
    [harmful('in euros'), inEuros(text)],
    [harmful('in pounds'), inPounds(text)],
    [harmful('cells not told apart'), text.replaceAll('\t', ' ')],
    ...Array.from({ length: 19 }, (_, index) => (index + 1) / 20).map((share): Changed<string> => [
      harmful(`cut off at ${Math.round(share * 100)} %`),
      text.slice(0, Math.floor(text.length * share)),
    ]),
    ...(number === undefined
      ? []
      : [
          [
            harmful('of another policy'),
            otherAmounts(text.replaceAll(number, otherNumber(number))),
          ] as const,
          [
            harmful('with another policy after it'),
            `${text}\n${otherAmounts(text.replaceAll(number, otherNumber(number)))}`,
          ] as const,
          [
            harmful('with another policy before it'),
            `${otherAmounts(text.replaceAll(number, otherNumber(number)))}\n${text}`,
          ] as const,
        ]),
  ];
};
