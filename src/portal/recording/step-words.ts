import type { Find } from '../contract.ts';
import type { Step } from './step.ts';

const IN_ROW = ' in its row';
const HOW = /^(placeholder|name|css|text):(.+)$/;

const foundBy = (words: string): Find => {
  const [, how, what] = HOW.exec(words) ?? [];
  return how === undefined ? { label: words } : { [how]: what };
};

const wordsOf = ({ label, role, placeholder, text, name, css }: Find): string => {
  const words = label ?? role?.[1];
  if (words !== undefined) return String(words);
  for (const [how, what] of Object.entries({ placeholder, text, name, css }))
    if (what !== undefined) return `${how}:${String(what)}`;
  return '';
};

/** A step as a person says it; `stepOf` reads it again. */
export const stepWords = ({ do: verb, find, option, byNumber }: Step): string => {
  const row = byNumber === 'row' ? IN_ROW : '';
  const opens = verb === 'press' && find.role?.[0] === 'link';
  const words = `${wordsOf(find)}${row}`;
  return verb === 'choose'
    ? `choose ${option ?? ''} in ${words}`
    : `${opens ? 'open' : verb} ${words}`;
};

/** "fill Policy number", "press Search", "open Contracts" (a link), "choose All in Show" ... */
export const stepOf = (said: string): Step | undefined => {
  const byRow = said.endsWith(IN_ROW) ? ({ byNumber: 'row' } as const) : {};
  const [, verb, label = ''] =
    /^(fill|enter|press|open|double|check|choose)\s+(.+)$/.exec(
      said.slice(0, byRow.byNumber ? -IN_ROW.length : undefined),
    ) ?? [];
  const called = (kind: 'button' | 'link'): Find =>
    HOW.test(label) ? foundBy(label) : { role: [kind, label] };
  switch (verb) {
    case 'fill':
    case 'enter':
    case 'check':
      return { do: verb, find: foundBy(label), ...byRow };
    case 'press':
      return { do: 'press', find: called('button'), ...byRow };
    case 'open':
      return { do: 'press', find: called('link'), ...byRow };
    case 'double':
      return { do: 'double', find: HOW.test(label) ? foundBy(label) : { text: label }, ...byRow };
    case 'choose': {
      const [, option = '', menu = ''] = /^(.+?) in (.+)$/.exec(label) ?? [];
      return menu === '' ? undefined : { do: 'choose', find: foundBy(menu), option, ...byRow };
    }
    default:
      return undefined;
  }
};
