import { cosmetic, harmful, mute, otherNumber, type Changed } from './mutation.ts';

type Json = unknown;
type Path = readonly (string | number)[];

const mapped = (
  value: Json,
  change: (record: Record<string, Json>) => Record<string, Json>,
): Json => {
  if (Array.isArray(value)) return value.map((each) => mapped(each, change));
  if (value === null || typeof value !== 'object') return value;
  return change(
    Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapped(each, change)])),
  );
};

const strings = (value: Json, change: (text: string, key: string) => string, key = ''): Json => {
  if (typeof value === 'string') return change(value, key);
  if (Array.isArray(value)) return value.map((each) => strings(each, change, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, strings(each, change, name)]),
  );
};

const keysOf = (value: Json): string[] => {
  const keys = new Set<string>();
  mapped(value, (record) => {
    for (const name of Object.keys(record)) keys.add(name);
    return record;
  });
  return [...keys];
};

/** Lists of the answer, by the path to each. */
const listsOf = (value: Json, path: Path = []): Path[] => {
  if (Array.isArray(value))
    return [path, ...value.flatMap((each, index) => listsOf(each, [...path, index]))];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, each]) => listsOf(each, [...path, name]));
};

const at = (value: Json, path: Path, change: (list: Json[]) => Json): Json => {
  const [first, ...rest] = path;
  if (first === undefined) return change(value as Json[]);
  if (Array.isArray(value))
    return value.map((each, index) => (index === first ? at(each, rest, change) : each));
  return {
    ...(value as object),
    [first]: at((value as Record<string, Json>)[first], rest, change),
  };
};

export const cosmeticJson = (value: Json): Changed<Json>[] => [
  [
    cosmetic('keys in another order'),
    mapped(value, (record) => Object.fromEntries(Object.entries(record).toReversed())),
  ],
  [
    cosmetic('extra keys'),
    mapped(value, (record) => ({
      _links: { self: '/x' },
      ...record,
      etag: 'W/1',
      updatedBy: null,
    })),
  ],
  [
    cosmetic('extra keys in front'),
    mapped(value, (record) => ({ apiVersion: '2', type: 'resource', ...record })),
  ],
  ...listsOf(value).map((path): Changed<Json> => [
    cosmetic(`list ${path.join('.')} in another order`),
    at(value, path, (list) => list.toReversed()),
  ]),
  [cosmetic('space around texts'), strings(value, (text) => ` ${text}  `)],
];

export const harmfulJson = (value: Json, number: string | undefined): Changed<Json>[] => [
  ...keysOf(value).flatMap((key): Changed<Json>[] => [
    [
      harmful(`key ${key} renamed`),
      mapped(value, ({ [key]: found, ...rest }) =>
        found === undefined ? rest : { ...rest, [`${key}V2`]: found },
      ),
    ],
    [harmful(`key ${key} removed`), mapped(value, ({ [key]: _gone, ...rest }) => rest)],
    [
      harmful(`key ${key} null`),
      mapped(value, (record) => (key in record ? { ...record, [key]: null } : record)),
    ],
    [
      harmful(`key ${key} an empty text`),
      mapped(value, (record) => (key in record ? { ...record, [key]: '' } : record)),
    ],
  ]),
  ...listsOf(value).flatMap((path): Changed<Json>[] => [
    [harmful(`list ${path.join('.')} emptied`), at(value, path, () => [])],
    [harmful(`list ${path.join('.')} an object`), at(value, path, (list) => ({ items: list }))],
  ]),
  [
    harmful('in euros'),
    strings(value, (text) => text.replaceAll('USD', 'EUR').replaceAll('$', '€')),
  ],
  [
    harmful('in pounds'),
    strings(value, (text) => text.replaceAll('USD', 'GBP').replaceAll('$', '£')),
  ],
  [
    harmful('amounts with decimal commas'),
    strings(value, (text) => text.replace(/^(-?\d+)\.(\d{2})$/, '$1,$2')),
  ],
  [
    harmful('dates day first'),
    strings(value, (text) => text.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3/$2/$1')),
  ],
  ...(number === undefined
    ? []
    : [
        [
          harmful('of another policy'),
          strings(value, (text) => text.replaceAll(number, otherNumber(number))),
        ] as const,
        [
          harmful('a list of two policies'),
          [value, strings(value, (text) => text.replaceAll(number, otherNumber(number)))],
        ] as const,
      ]),
  [mute('an empty answer'), {}],
  [mute('nothing'), null],
  [mute('a list'), []],
  [mute('an interstitial'), { redirect: '/news', message: 'What is new for advisors' }],
  [mute('an error told with 200'), { error: { code: 500, message: 'No contracts found' } }],
  [harmful('wrapped in data'), { data: value }],
];
