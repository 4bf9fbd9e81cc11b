import type { NextFunction, Request, Response } from 'express';

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** A text between tags, a key of JSON, or a cell of CSV that reads so, and nothing that only holds it. */
const renamedIn = (body: string, was: string, now: string): string => {
  const text = escaped(was);
  return body
    .replaceAll(new RegExp(`(>\\s*)${text}(?=\\s*<)`, 'g'), (_, before: string) => before + now)
    .replaceAll(new RegExp(`"${text}"(?=\\s*:)`, 'g'), () => JSON.stringify(now))
    .replaceAll(new RegExp(`(^|,)${text}(?=,|\\r?$)`, 'gm'), (_, before: string) => before + now);
};

/** A portal that was given other words: each answer is sent with them. */
export const renameIn =
  (names: ReadonlyMap<string, string>) =>
  (_request: Request, response: Response, next: NextFunction): void => {
    const send = response.send.bind(response);
    response.send = (body: unknown): Response => {
      if (typeof body !== 'string') return send(body);
      let text = body;
      for (const [was, now] of names) text = renamedIn(text, was, now);
      return send(text);
    };
    next();
  };
