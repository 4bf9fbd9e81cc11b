import { randomInt } from 'node:crypto';

/** As long and of the same signs, and hardly anybody's. */
export const nobodys = (number: string): string => {
  const made = number.replaceAll(/\d/g, () => String(randomInt(10)));
  return made === number ? number.replace(/\d/, (digit) => String((Number(digit) + 5) % 10)) : made;
};
