/** What a person typed after the slash command, parsed once. */
export type Command =
  | { kind: 'policy'; query: string }
  | { kind: 'help' }
  | { kind: 'unknown'; word: string }
  | { kind: 'too-long'; length: number };

/** Far above any policy number; longer text is a slip of the clipboard. */
const LONGEST = 200;

export const parseCommand = (text: string): Command => {
  const clean = text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  if (clean.length > LONGEST) return { kind: 'too-long', length: clean.length };
  const [word = '', ...rest] = clean.split(' ');
  switch (word.toLowerCase()) {
    case '':
    case 'help':
      return { kind: 'help' };
    case 'policy':
      return { kind: 'policy', query: rest.join(' ') };
    default:
      return { kind: 'unknown', word };
  }
};
