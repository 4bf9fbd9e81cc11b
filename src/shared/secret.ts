import { inspect } from 'node:util';

/**
 * A value that must not be seen: it prints as `[secret]` in strings, JSON, logs and errors. Only
 * `reveal` gives the value, so that a search for that word finds each place that handles it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

export type Random = (bytes: number) => Uint8Array;
