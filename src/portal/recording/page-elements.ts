import type { Frame, Page } from 'playwright';
import type { Find } from '../contract.ts';

/** Something on a page that a person could use. */
export interface PageElement {
  kind: 'field' | 'button' | 'link';
  /** Of a field: text, password, search, checkbox ... */
  type: string;
  label: string;
  placeholder: string;
  name: string;
  id: string;
  /** Which form of the page it is in, from 0; -1 for none. */
  form: number;
}

/** What can be seen and used on the page now, in its order. */
export const elementsOf = (page: Page | Frame): Promise<PageElement[]> =>
  page.evaluate(describe, undefined);

/** Runs in the page: all that can be used, or this one alone. */
export const describe = (only: HTMLElement | SVGElement | undefined): PageElement[] => {
  const fold = (text: string | null | undefined): string =>
    (text ?? '').replace(/\s+/g, ' ').trim();
  const forms = [...document.forms];
  const labelOf = (element: HTMLElement): string => {
    const named = element.getAttribute('aria-label');
    if (named) return fold(named);
    const by = element.getAttribute('aria-labelledby');
    if (by)
      return fold(
        by
          .split(/\s+/)
          .map((id) => document.getElementById(id)?.innerText)
          .join(' '),
      );
    const label = (element as HTMLInputElement).labels?.[0];
    // Around a menu, the text of a label is that of all choices too.
    return label?.contains(element) && element.tagName === 'SELECT'
      ? fold([...label.childNodes].find(({ nodeType }) => nodeType === Node.TEXT_NODE)?.textContent)
      : fold(label?.innerText);
  };
  const all = document.querySelectorAll<HTMLElement>(
    'input, select, textarea, button, a[href], [role="button"]',
  );
  return (only === undefined ? [...all] : [only as HTMLElement])
    .filter((element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
    )
    .map((element) => {
      const type = (
        element.getAttribute('type') ?? (element.tagName === 'INPUT' ? 'text' : '')
      ).toLowerCase();
      const presses =
        element.tagName === 'BUTTON' ||
        element.getAttribute('role') === 'button' ||
        /^(submit|button|image)$/.test(type);
      const kind =
        element.tagName === 'A' && !presses
          ? ('link' as const)
          : presses
            ? ('button' as const)
            : ('field' as const);
      const text =
        fold(element.innerText) ||
        fold((element as HTMLInputElement).value) ||
        fold(element.getAttribute('alt'));
      return {
        kind,
        type,
        label: kind === 'field' ? labelOf(element) : labelOf(element) || text,
        placeholder: fold(element.getAttribute('placeholder')),
        name: element.getAttribute('name') ?? '',
        id: element.id,
        form: forms.indexOf(
          (element as HTMLInputElement).form ?? (element.closest('form') as HTMLFormElement),
        ),
      };
    });
};

/** The same of a page and all its frames; forms of two frames have different numbers. */
export const elementsInFrames = async (page: Page): Promise<PageElement[]> => {
  const each = await Promise.all(
    // A frame that goes away meanwhile shows nothing.
    page.frames().map((frame) => elementsOf(frame).catch((): PageElement[] => [])),
  );
  return each.flatMap((elements, place) =>
    elements.map((element) => ({ ...element, form: element.form + 1000 * place })),
  );
};

/** The way to find it again: by what people read before what programs read. */
export const findOf = (element: PageElement): Find | undefined => {
  const { kind, label, placeholder, name, id } = element;
  if (kind !== 'field') return label === '' ? undefined : { role: [kind, label] };
  if (label !== '') return { label };
  if (placeholder !== '') return { placeholder };
  if (name !== '') return { name };
  return /^[a-z][\w-]*$/i.test(id) ? { css: `#${id}` } : undefined;
};

/** "field "User ID" (text)", for people to choose from. */
export const describeElement = (element: PageElement): string => {
  const called =
    element.label || element.placeholder || element.name || element.id || 'without a label';
  return `${element.kind} "${called}"${element.kind === 'field' ? ` (${element.type || 'choice'})` : ''}`;
};

export interface SignInElements {
  user?: PageElement;
  password?: PageElement;
  submit?: PageElement;
}

const SUBMITS = /^(sign|log) ?(in|on)$|^continue$|^next$|^submit$|^enter$|^go$/i;

/** Which of them are most likely the sign-in. */
export const signInAmong = (elements: readonly PageElement[]): SignInElements => {
  const password = elements.find((element) => element.type === 'password');
  const isText = (element: PageElement): boolean =>
    element.kind === 'field' && /^(text|email|tel|number|)$/.test(element.type);
  const before = password === undefined ? elements : elements.slice(0, elements.indexOf(password));
  const user = password === undefined ? before.find(isText) : before.findLast(isText);
  const anchor = password ?? user;
  const buttons = elements.filter((element) => element.kind === 'button');
  const inForm = buttons.filter((element) => anchor !== undefined && element.form === anchor.form);
  const submit =
    inForm.find((element) => SUBMITS.test(element.label)) ??
    inForm[0] ??
    buttons.find((element) => SUBMITS.test(element.label));
  return {
    ...(user && { user }),
    ...(password && { password }),
    ...(submit && { submit }),
  };
};
