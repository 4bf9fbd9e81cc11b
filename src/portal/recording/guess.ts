import type { Find } from '../contract.ts';
import { findOf, type PageElement } from './page-elements.ts';

const SEARCH_FIELD = /polic|contract|account|certificate|number|search|find|look/i;
const SEARCH_BUTTON = /search|find|go|look|submit|show|view/i;

/** The steps of a search that looks like one for policies; undefined where none does. */
export const guess = (
  elements: readonly PageElement[],
): { do: 'fill' | 'press'; find: Find }[] | undefined => {
  const fields = elements.filter(
    (element) => element.kind === 'field' && /^(text|search|tel|number)$/.test(element.type),
  );
  const named = fields.filter((element) =>
    SEARCH_FIELD.test(`${element.label} ${element.placeholder} ${element.name}`),
  );
  const field = named[0] ?? (fields.length === 1 ? fields[0] : undefined);
  const where = field && findOf(field);
  if (field === undefined || where === undefined) return undefined;
  const buttons = elements.filter((element) => element.kind === 'button');
  const button =
    buttons.find((element) => element.form === field.form && SEARCH_BUTTON.test(element.label)) ??
    buttons.find((element) => SEARCH_BUTTON.test(element.label));
  const press = button && findOf(button);
  return press === undefined
    ? undefined
    : [
        { do: 'fill', find: where },
        { do: 'press', find: press },
      ];
};
