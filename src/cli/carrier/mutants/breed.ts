import type { Capture } from '#portal/contract.ts';
import type { RecordedCase } from '#portal/recording/replay.ts';
import { cosmeticCsv, harmfulCsv } from './csv.ts';
import { cosmeticHtml, harmfulHtml } from './html.ts';
import { cosmeticJson, harmfulJson } from './json.ts';
import { cosmeticLines, harmfulLines } from './lines.ts';
import type { Changed, Mutant } from './mutation.ts';

const looksLikeCsv = (text: string): boolean =>
  text.split('\n').some((line) => line.split(',').length > 4);

/** Every mutant of a recorded case: one file of it changed at a time. Each differs from the others. */
export const breed = ({ capture, number, expected }: RecordedCase): Mutant[] => {
  const { html = {}, json = {}, text = {} } = capture;
  const wanted =
    expected && 'reading' in expected && expected.reading.kind === 'found' ? number : undefined;
  const one = <T>(
    kind: keyof Capture,
    screen: string,
    original: T,
    changed: readonly Changed<T>[],
  ): Mutant[] =>
    changed.flatMap(([mutation, value]) =>
      JSON.stringify(value) === JSON.stringify(original)
        ? []
        : [
            {
              ...mutation,
              name: `${screen}: ${mutation.name}`,
              capture: { ...capture, [kind]: { ...capture[kind], [screen]: value } },
            },
          ],
    );
  const all = [
    ...Object.entries(html).flatMap(([screen, page]) =>
      one('html', screen, page, [...cosmeticHtml(page), ...harmfulHtml(page, wanted)]),
    ),
    ...Object.entries(json).flatMap(([call, value]) =>
      one('json', call, value, [...cosmeticJson(value), ...harmfulJson(value, wanted)]),
    ),
    ...Object.entries(text).flatMap(([file, content]) =>
      one(
        'text',
        file,
        content,
        looksLikeCsv(content)
          ? [...cosmeticCsv(content), ...harmfulCsv(content, wanted)]
          : [...cosmeticLines(content), ...harmfulLines(content, wanted)],
      ),
    ),
  ];
  const seen = new Set<string>();
  return all.filter(({ capture }) => {
    const key = JSON.stringify(capture);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};
