import { asObject, asText, type Json } from './json.ts';

/** Something Slack refuses, and the JSON pointer of where. */
export interface Problem {
  message: string;
  pointer: string;
}

/** Looks at one value and reports what is wrong with it; small ones are combined into shapes. */
export type Check = (value: unknown, at: string, found: Problem[]) => void;

/** As Slack writes them into `response_metadata.messages`. */
export const messageOfProblem = ({ message, pointer }: Problem): string =>
  `[ERROR] ${message} [json-pointer:${pointer}]`;

export const string =
  (max: number, min = 0): Check =>
  (value, at, found) => {
    if (typeof value !== 'string') found.push({ message: 'must be a string', pointer: at });
    else if (value.length > max)
      found.push({ message: `must be less than ${max + 1} characters`, pointer: at });
    else if (value.length < min)
      found.push({ message: `must be more than ${min - 1} characters`, pointer: at });
  };

export const boolean: Check = (value, at, found) => {
  if (typeof value !== 'boolean') found.push({ message: 'must be a boolean', pointer: at });
};

export const integer =
  (min: number, max: number): Check =>
  (value, at, found) => {
    if (typeof value !== 'number' || !Number.isInteger(value))
      found.push({ message: 'must be an integer', pointer: at });
    else if (value < min || value > max)
      found.push({ message: `must be between ${min} and ${max}`, pointer: at });
  };

export const number: Check = (value, at, found) => {
  if (typeof value !== 'number') found.push({ message: 'must be a number', pointer: at });
};

export const anything: Check = () => undefined;

export const oneOf =
  (...allowed: unknown[]): Check =>
  (value, at, found) => {
    if (!allowed.includes(value))
      found.push({ message: `must be one of: ${allowed.join(', ')}`, pointer: at });
  };

export const matching =
  (pattern: RegExp, what: string): Check =>
  (value, at, found) => {
    if (typeof value !== 'string' || !pattern.test(value))
      found.push({ message: `must be ${what}`, pointer: at });
  };

export const list =
  (item: Check, max: number, min = 0): Check =>
  (value, at, found) => {
    if (!Array.isArray(value)) {
      found.push({ message: 'must be an array', pointer: at });
      return;
    }
    if (value.length > max)
      found.push({ message: `no more than ${max} items allowed`, pointer: at });
    if (value.length < min)
      found.push({ message: `no fewer than ${min} items allowed`, pointer: at });
    for (const [index, entry] of value.entries()) item(entry, `${at}/${index}`, found);
  };

/** An object with these fields and no others. */
export const object =
  (
    required: Record<string, Check>,
    optional: Record<string, Check> = {},
    ...more: Check[]
  ): Check =>
  (value, at, found) => {
    const given = asObject(value);
    if (given === undefined) {
      found.push({ message: 'must be an object', pointer: at });
      return;
    }
    for (const name of Object.keys(required))
      if (given[name] === undefined)
        found.push({ message: `missing required field: ${name}`, pointer: at });
    for (const [name, field] of Object.entries(given)) {
      const check = required[name] ?? optional[name];
      if (field === undefined) continue;
      if (check === undefined)
        found.push({ message: `invalid additional property: ${name}`, pointer: at });
      else check(field, `${at}/${name}`, found);
    }
    for (const check of more) check(given, at, found);
  };

/** One of several shapes, told apart by `type`. */
export const byType =
  (shapes: Record<string, Check>): Check =>
  (value, at, found) => {
    const given = asObject(value);
    const type = given?.['type'];
    if (given === undefined) found.push({ message: 'must be an object', pointer: at });
    else if (type === undefined)
      found.push({ message: 'missing required field: type', pointer: at });
    else if (typeof type !== 'string' || shapes[type] === undefined)
      found.push({ message: `unsupported type: ${asText(type)}`, pointer: `${at}/type` });
    else shapes[type](given, at, found);
  };

/** A rule between fields, when the fields themselves are in order. */
export const rule =
  (holds: (given: Json) => boolean, message: string): Check =>
  (value, at, found) => {
    const given = asObject(value);
    if (given !== undefined && !holds(given)) found.push({ message, pointer: at });
  };

export const problemsOf = (check: Check, value: unknown, at: string): Problem[] => {
  const found: Problem[] = [];
  check(value, at, found);
  return found;
};
