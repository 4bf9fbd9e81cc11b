import { parse } from '../kit/parse.ts';
import { type Redaction, speaksOfBirth } from './redaction.ts';

/** Nothing a parser of policies reads is in these, and much that nobody may keep. */
const DROPPED =
  'script:not([type*="json"]), style, noscript, template, svg, math, object, embed, link, base, meta:not([charset]), audio, video, canvas, picture, source, track';

const IDENTIFIERS = new Set([
  'class',
  'id',
  'name',
  'for',
  'headers',
  'role',
  'itemprop',
  'form',
  'list',
  'type',
  'scope',
  'autocomplete',
  'method',
  'aria-labelledby',
  'aria-controls',
  'aria-describedby',
  'aria-owns',
]);
const TEXTS = new Set([
  'title',
  'alt',
  'placeholder',
  'value',
  'label',
  'summary',
  'abbr',
  'datetime',
  'aria-label',
  'aria-valuetext',
  'aria-description',
  'aria-placeholder',
]);
const ADDRESSES = new Set(['href', 'action', 'formaction']);
const FLAGS = /^(checked|selected|disabled|hidden|required|readonly|multiple|open|reversed)$/;
const NUMBERS =
  /^(colspan|rowspan|span|start|aria-colindex|aria-rowindex|aria-colcount|aria-rowcount|aria-level|aria-setsize|aria-posinset)$/;
const STATES =
  /^aria-(hidden|expanded|selected|checked|pressed|sort|current|disabled|required|invalid|busy|live)$/;

/** As much of the parser's nodes as is looked at here. */
interface PageNode {
  type: string;
  name?: string;
  data?: string;
  attribs?: Record<string, string>;
  children?: PageNode[];
}

const list = (value: string, each: (part: string) => string): string =>
  value.split(/\s+/).filter(Boolean).map(each).join(' ');

/** The page with everything replaced that may be somebody's affair; scripts, styles and comments go. */
export const redactPage = (html: string, redaction: Redaction): string => {
  const $ = parse(html, { scriptingEnabled: false });
  $(DROPPED).remove();
  let before = '';
  const born = (): boolean => speaksOfBirth(before);

  const attribute = (
    tag: string,
    name: string,
    value: string,
    type: string,
  ): string | undefined => {
    if (tag === 'meta') return name === 'charset' ? value : undefined;
    if (tag === 'input' && name === 'value') {
      if (type === 'password') return '';
      if (type === 'hidden') return 'redacted';
    }
    if (IDENTIFIERS.has(name)) return list(value, redaction.identifier);
    if (TEXTS.has(name)) return redaction.text(value, born());
    if (ADDRESSES.has(name)) return redaction.url(value);
    if (FLAGS.test(name)) return '';
    if (NUMBERS.test(name)) return /^\d{1,4}$/.test(value) ? value : undefined;
    if (STATES.test(name)) return redaction.identifier(value);
    if (name === 'lang' || name === 'dir')
      return /^[a-z]{2,3}(-[A-Z]{2})?$/.test(value) ? value : undefined;
    return undefined;
  };

  const data = (value: string): string => {
    try {
      const parsed: unknown = JSON.parse(value);
      if (typeof parsed === 'object') return JSON.stringify(redaction.json(parsed));
    } catch {
      // No JSON: it is text.
    }
    return redaction.text(value, born());
  };

  const walk = (nodes: readonly PageNode[]): void => {
    // A copy, since comments leave the list on the way.
    for (const node of Array.from(nodes)) {
      if (node.type === 'comment' || node.type === 'cdata') $(node as never).remove();
      else if (node.type === 'text') {
        const original = node.data ?? '';
        node.data = redaction.text(decoded(original), born());
        if (original.trim() !== '') before = original;
      } else if (node.type === 'script') {
        $(node as never).text(jsonScript($(node as never).text(), redaction));
        tidy(node);
      } else if (node.attribs && node.children) {
        tidy(node);
        walk(node.children);
      }
    }
  };

  const tidy = (node: PageNode): void => {
    const { name: tag = '', attribs = {} } = node;
    if (tag.includes('-')) node.name = redaction.identifier(tag);
    const type = attribs['type'] ?? '';
    const entries = Object.entries(attribs).flatMap(([name, value]): [string, string][] => {
      if (name.startsWith('data-'))
        return [[`data-${redaction.identifier(name.slice(5))}`, data(value)]];
      const kept = attribute(tag, name, value, type);
      return kept === undefined ? [] : [[name, kept]];
    });
    node.attribs = Object.fromEntries(entries);
  };

  walk($.root().contents().toArray());
  return $.html();
};

const jsonScript = (text: string, redaction: Redaction): string => {
  try {
    return JSON.stringify(redaction.json(JSON.parse(text)));
  } catch {
    return '';
  }
};

/** A page may hold an entity that was written as text: "&amp;#77;" reads as M to who decodes twice. */
const decoded = (text: string): string => {
  if (!/&#?\w+;/.test(text)) return text;
  return parse(text, null, false).text();
};
