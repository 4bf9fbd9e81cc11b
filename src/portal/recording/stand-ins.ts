import { createHmac } from 'node:crypto';

/**
 * Made-up texts for real ones: the same original has the same stand-in throughout one recording.
 * They follow from a key that is thrown away with the recording's process, so none leads back.
 */
export const createStandIns = (key: Uint8Array) => {
  const bytesOf = (text: string, length: number): Uint8Array => {
    const parts: Buffer[] = [];
    for (let part = 0; part * 32 < length; part += 1)
      parts.push(createHmac('sha256', key).update(`${part}\0${text}`).digest());
    return Buffer.concat(parts).subarray(0, length);
  };

  /** Digits for digits and letters for letters; what separates them stays, and does not count. */
  const shape = (text: string): string => {
    const signs = Array.from(text).filter((sign) => /[\p{L}\p{N}]/u.test(sign));
    const original = signs.join('').toUpperCase();
    const bytes = bytesOf(original, signs.length);
    const made = signs.map((sign, index) => {
      const byte = bytes[index] ?? 0;
      if (/\p{N}/u.test(sign)) return String(byte % 10);
      const letter = String.fromCodePoint(65 + (byte % 26));
      return /\p{Lu}/u.test(sign) ? letter : letter.toLowerCase();
    });
    // One in ten short numbers would else be its own stand-in.
    const head = made[0] ?? '';
    if (made.join('').toUpperCase() === original)
      made[0] = /\d/.test(head) ? String((Number(head) + 1) % 10) : head === 'Q' ? 'Z' : 'Q';
    let next = 0;
    return text.replaceAll(/[\p{L}\p{N}]/gu, () => made[next++] ?? '');
  };

  /** A word nobody is called by, written as the original is. */
  const word = (original: string): string => {
    const folded = original.toLowerCase();
    const bytes = bytesOf(folded, 6);
    const syllables = Math.min(3, Math.max(1, Math.round(folded.length / 3)));
    let made = '';
    for (let index = 0; index < syllables; index += 1) {
      made += 'bdfgklmnprtvz'[(bytes[2 * index] ?? 0) % 13];
      made += 'aeiou'[(bytes[2 * index + 1] ?? 0) % 5];
    }
    made += 'x';
    if (/^\p{Lu}+$/u.test(original) && original.length > 1) return made.toUpperCase();
    return /^\p{Lu}/u.test(original) ? made.charAt(0).toUpperCase() + made.slice(1) : made;
  };

  /** A day of 1950 to 1989, for the parts of a date. */
  const day = (original: string): { year: number; month: number; day: number } => {
    const [a = 0, b = 0, c = 0] = bytesOf(original, 3);
    return { year: 1950 + (a % 40), month: 1 + (b % 12), day: 1 + (c % 28) };
  };

  return { shape, word, day };
};

export type StandIns = ReturnType<typeof createStandIns>;
