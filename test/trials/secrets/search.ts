export interface Planted {
  name: string;
  secret: string;
  /** Digits, which come about by chance within others and among bytes. */
  isCode?: true;
}

export interface Place {
  name: string;
  text: string;
  /** What is known to be in it, and is no secret: who finds it would have found a secret too. */
  marker: string;
  /** Bytes, in which a code is not looked for. */
  isBytes?: true;
  /** What belongs there. */
  allows?: readonly string[];
}

/** As it is, and as an address, a form, JSON, base64 or hexadecimal digits write it. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ secret }).toString().slice('secret='.length),
  JSON.stringify(secret).slice(1, -1),
  // Within a longer text it is written in one of three ways.
  ...[0, 1, 2].map((ahead) =>
    Buffer.from(' '.repeat(ahead) + secret)
      .toString('base64')
      .slice(ahead === 0 ? 0 : 4, -4),
  ),
  Buffer.from(secret).toString('hex'),
];

const isIn = (text: string, { secret, isCode }: Planted): boolean =>
  isCode === true
    ? new RegExp(`(?<![\\d.])${secret}(?![\\d.])`).test(text)
    : formsOf(secret).some((form) => form !== '' && text.includes(form));

/** "password in Redis" for each that is there and should not be. */
export const secretsIn = (places: readonly Place[], planted: readonly Planted[]): string[] =>
  places.flatMap((place) =>
    planted
      .filter(({ name }) => place.allows?.includes(name) !== true)
      .filter(({ isCode }) => isCode !== true || place.isBytes !== true)
      .filter((each) => isIn(place.text, each))
      .map(({ name }) => `${name} in ${place.name}`),
  );

/** Places in which not even what must be there is found. */
export const blindPlaces = (places: readonly Place[]): string[] =>
  places.filter(({ text, marker }) => !text.includes(marker)).map(({ name }) => name);
