import { readFileSync } from 'node:fs';

/** The lines of the blocks of a page that a shell reads, in their order. */
export const shellLinesOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^\s*```sh\n(.*?)^\s*```/gms)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
