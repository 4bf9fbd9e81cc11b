import { z } from 'zod';

/** An id in a button's value or in a modal's metadata. */
export const id = z.string().min(1).max(100);

/**
 * Reads values of buttons and metadata of modals, which come back from outside: undefined where they
 * are not what we send.
 */
export const parserOf =
  <T>(schema: z.ZodType<T>) =>
  (text: string | undefined): T | undefined => {
    try {
      return schema.safeParse(JSON.parse(text ?? '')).data;
    } catch {
      return undefined;
    }
  };

export const parsePolicy = parserOf(z.object({ policy: id }));
