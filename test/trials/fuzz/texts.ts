import * as fc from 'fast-check';

/** Characters on which rules about text break: of direction, without width, half, or with two forms. */
const ODD = [
  '\0',
  '\u200B',
  '\u202E',
  '\u2066',
  '\uFEFF',
  '\u00A0',
  '\u2028',
  '\uD83D',
  '\uDC00',
  '\u0301',
  '\uFDFA',
  '😀',
  'ß',
  'İ',
  'ﬀ',
  'ע',
  'ﷺ',
  '１',
];

/** Pieces of what is really written, and of what the rules look for. */
const PIECES = [
  ...ODD,
  ' ',
  '\n',
  '\r\n',
  '\t',
  ',',
  ';',
  '"',
  "'",
  '“',
  '<',
  '>',
  '<@U1|',
  '<!date^',
  '|',
  '&lt;',
  '&amp;',
  '*',
  '_',
  '`',
  '~',
  '-',
  '−',
  '.',
  '/',
  '\\',
  '@',
  '+',
  '(',
  ')',
  '$',
  '€',
  'CR',
  'USD ',
  '1',
  '12',
  '999',
  '1,234',
  '.50',
  '2026',
  'Nov. ',
  'Sept ',
  'a',
  'MA ',
  'NB-10',
  'policy ',
  'next tuesday ',
  'in 2 hours ',
  ' or ',
  'at 3pm ',
  '10:30 ',
  '{"policy":"',
  '"}',
  '[',
  '{',
  'null',
  '__proto__',
  'policy_id,contact_id,carrier,number,product,status\n',
  'email,name,role\n',
];

/** Long runs of one or two pieces, which end otherwise: what makes a slow pattern try everything again. */
const repeated = (longest: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...PIECES),
      fc.constantFrom('', ...PIECES),
      fc.constantFrom('', '!', 'x', '>', ')', '"', '\0'),
      fc.integer({ min: 1, max: longest }),
    )
    .map(([one, other, end, length]) => {
      const unit = one + other;
      return unit.repeat(Math.ceil(length / unit.length)).slice(0, length) + end;
    });

const pieces = (most: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...PIECES), { maxLength: most }).map((parts) => parts.join(''));

/** Mostly short, sometimes as long as `longest`; well formed, hostile, or both. */
export const textOf = (longest: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: pieces(12) },
    { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 4, arbitrary: repeated(Math.min(longest, 200)) },
    { weight: 1, arbitrary: repeated(longest) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(pieces(20), repeated(Math.min(longest, 2000)))
        .map((parts) => parts.join('')),
    },
  );

/** JSON as it comes back from a click, and text that only looks like it. */
export const jsonOf = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.json({ maxDepth: 3 }) },
    {
      weight: 4,
      arbitrary: fc
        .dictionary(
          fc.constantFrom(
            'policy',
            'request',
            'sync',
            'source',
            'contact',
            'link',
            'origin',
            'askedIn',
            'channel',
            'note',
            '__proto__',
          ),
          fc.oneof(
            textOf(300),
            fc.integer(),
            fc.constant(null),
            fc.dictionary(fc.constantFrom('askedIn', 'channel', 'note'), textOf(100)),
          ),
        )
        .map((value) => JSON.stringify(value)),
    },
    { weight: 3, arbitrary: textOf(3000) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }).map((deep) => '['.repeat(deep)) },
  );
