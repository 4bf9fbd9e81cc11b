import type { CheerioAPI } from 'cheerio';
import { fold } from './headings.ts';
import { PortalChanged } from '../failure.ts';

/** A node of a captured page: an element, a text, a comment. */
export type Node = ReturnType<CheerioAPI['root']>[number]['children'][number];
export type Element = Extract<Node, { attribs: object }>;

/** Of the DOM: a node that is text. */
const TEXT = 3;
const NEVER_SHOWN = new Set(['script', 'style', 'template', 'noscript', 'head', 'title']);
const INLINE = new Set(
  'a abbr b bdi bdo big cite code data dfn em font i ins kbd label mark nobr output q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);
const HIDDEN = /(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden)/i;

export const isElement = (node: Node): node is Element => 'attribs' in node;

/** Whether an element hides itself, as far as the page alone tells; style sheets are not asked. */
export const isHidden = (element: Element): boolean =>
  NEVER_SHOWN.has(element.name) ||
  'hidden' in element.attribs ||
  HIDDEN.test(element.attribs['style'] ?? '');

const raw = (node: Node): string => {
  if (!isElement(node)) return node.nodeType === TEXT && 'data' in node ? node.data : '';
  if (isHidden(node)) return '';
  if (node.name === 'input') return fieldText(node);
  if (node.name === 'select' || node.name === 'textarea' || node.name === 'button') return '';
  const inner = node.children.map(raw).join('');
  return INLINE.has(node.name) ? inner : ` ${inner} `;
};

/** A field that nobody can type in shows a value; what stands in others may be what was searched. */
const fieldText = ({ attribs }: Element): string => {
  const readOnly = 'readonly' in attribs || 'disabled' in attribs;
  const isText = (attribs['type'] ?? 'text') === 'text';
  return readOnly && isText ? ` ${attribs['value'] ?? ''} ` : '';
};

/** The text of a captured page's nodes as a person sees it, white space folded. */
export const shownText = (...nodes: readonly Node[]): string => fold(nodes.map(raw).join(''));

/** Whether an element in sight reads so: a text whole, a RegExp in part. Choices of a field do not count. */
export const says = ($: CheerioAPI, sentence: string | RegExp): boolean =>
  shownElements($, 'body *:not(option, optgroup, script, style)', undefined).some((element) => {
    const text = shownText(element);
    return typeof sentence === 'string' ? text === fold(sentence) : sentence.test(text);
  });

/** The one element that a carrier names as the part of the page to look in. Throws PortalChanged. */
export const scopeOf = ($: CheerioAPI, css: string | undefined): Element | undefined => {
  if (css === undefined) return undefined;
  const found = $(css).toArray().filter(isElement);
  if (found.length !== 1) throw new PortalChanged(`${found.length} elements match ${css}`);
  return found[0];
};

/** Elements that match inside `within` (the whole page without it), hidden ones and those in them left out. */
export const shownElements = (
  $: CheerioAPI,
  css: string,
  within: Element | undefined,
): Element[] => {
  const found = within ? $(within).find(css) : $(css);
  return found
    .toArray()
    .filter(isElement)
    .filter((element) => !isHidden(element) && !$(element).parents().toArray().some(isHidden));
};
