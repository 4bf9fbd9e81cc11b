export type Json = Record<string, unknown>;

export const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;

export const parseObject = (text: string): Json | undefined => {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** The objects among the items of a list; none when it is no list. */
export const asObjects = (value: unknown): Json[] =>
  Array.isArray(value)
    ? value.map(asObject).filter((item): item is Json => item !== undefined)
    : [];

/** A string, number or flag as text; anything else is empty. */
export const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
