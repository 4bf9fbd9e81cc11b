import type { Page } from 'playwright';
import type { Find } from '../contract.ts';

/** Something on a page that a person could use. */
export interface Sight {
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
export const sightsOf = (page: Page): Promise<Sight[]> =>
  page.evaluate(() => {
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
      return fold(label?.innerText);
    };
    return [
      ...document.querySelectorAll<HTMLElement>(
        'input, select, textarea, button, a[href], [role="button"]',
      ),
    ]
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
  });

/** The way to find it again: by what people read before what programs read. */
export const findOf = (sight: Sight): Find | undefined => {
  const { kind, label, placeholder, name, id } = sight;
  if (kind !== 'field') return label === '' ? undefined : { role: [kind, label] };
  if (label !== '') return { label };
  if (placeholder !== '') return { placeholder };
  if (name !== '') return { name };
  return /^[a-z][\w-]*$/i.test(id) ? { css: `#${id}` } : undefined;
};

/** "field "User ID" (text)", for people to choose from. */
export const describeSight = (sight: Sight): string => {
  const called = sight.label || sight.placeholder || sight.name || sight.id || 'without a label';
  return `${sight.kind} "${called}"${sight.kind === 'field' ? ` (${sight.type || 'choice'})` : ''}`;
};

export interface SignInSights {
  user?: Sight;
  password?: Sight;
  submit?: Sight;
}

const SUBMITS = /^(sign|log) ?(in|on)$|^continue$|^next$|^submit$|^enter$|^go$/i;

/** Which of them are most likely the sign-in. */
export const signInAmong = (sights: readonly Sight[]): SignInSights => {
  const password = sights.find((sight) => sight.type === 'password');
  const isText = (sight: Sight): boolean =>
    sight.kind === 'field' && /^(text|email|tel|number|)$/.test(sight.type);
  const before = password === undefined ? sights : sights.slice(0, sights.indexOf(password));
  const user = password === undefined ? before.find(isText) : before.findLast(isText);
  const anchor = password ?? user;
  const buttons = sights.filter((sight) => sight.kind === 'button');
  const inForm = buttons.filter((sight) => anchor !== undefined && sight.form === anchor.form);
  const submit =
    inForm.find((sight) => SUBMITS.test(sight.label)) ??
    inForm[0] ??
    buttons.find((sight) => SUBMITS.test(sight.label));
  return {
    ...(user && { user }),
    ...(password && { password }),
    ...(submit && { submit }),
  };
};
