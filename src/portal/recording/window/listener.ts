/** What somebody used on a page. Of what was typed only whether it is the policy's number. */
export interface Used {
  how: 'press' | 'double' | 'enter' | 'choose' | 'menu';
  /** Fields that were typed into, in the order of the page's own list of them. */
  typed: ('number' | 'other')[];
  /** Of a menu: what was chosen, or what can be. */
  options: string[];
}

export interface Listening {
  /** The function of the page that is told. */
  tell: string;
  /** Where the page keeps what was used. */
  key: string;
  number: { source: string; flags: string };
  /** Menus are drawn elsewhere: one that is pressed is told, and does not open. */
  menus: boolean;
}

/** What the page keeps for whoever was told. */
export interface Kept {
  armed: boolean;
  used: Element | undefined;
  fields: Element[];
}

/**
 * Runs in every page and frame before their own scripts. What a person presses is kept from the page,
 * told, and then done once by the recorder: so whatever is recorded is known to work. Typing goes to
 * the page, and no text of it leaves the page. While it is not `armed` it lets all pass.
 */
export const listen = ({ tell, key, number, menus }: Listening): void => {
  const world = globalThis as unknown as Record<string, unknown>;
  if (key in world) return;
  const kept: Kept = { armed: true, used: undefined, fields: [] };
  Object.defineProperty(world, key, { value: kept });
  /** A second press within this time makes a double one. */
  const DOUBLE_MS = 400;
  const TYPED = /^(text|search|tel|number|email|url|date|month|password)$/;
  const isNumber = new RegExp(number.source, number.flags);
  const before = new Map<HTMLInputElement, string>();
  const textIn = (field: HTMLInputElement): string => field.value ?? field.textContent;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const isTyped = (element: Element): element is HTMLInputElement =>
    element instanceof HTMLTextAreaElement ||
    (element instanceof HTMLInputElement && TYPED.test(element.type)) ||
    (element as HTMLElement).isContentEditable;
  const isMenu = (element: Element): element is HTMLSelectElement =>
    element instanceof HTMLSelectElement && !element.multiple;
  /** What a press is meant for: the button around a picture, the box of a label. */
  const meant = (event: Event): Element | undefined => {
    const [first] = event.composedPath();
    if (!(first instanceof Element)) return undefined;
    const around = first.closest(
      'a[href], button, input, select, textarea, option, summary, [role="button"], [role="link"], [role="menuitem"], [role="tab"], [role="option"]',
    );
    if (around instanceof HTMLOptionElement) return around.closest('select') ?? around;
    return around ?? first.closest('label')?.control ?? first;
  };
  const isOurs = (event: Event): boolean => kept.armed && event.isTrusted;
  const stop = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const say = (how: Used['how'], used: Element, options: string[] = []): void => {
    const changed = [...before].filter(
      ([field, was]) => field.isConnected && textIn(field) !== was,
    );
    const typed = changed.map(([field]) =>
      field.type !== 'password' && isNumber.test(textIn(field)) ? 'number' : 'other',
    );
    kept.used = used;
    kept.fields = changed.map(([field]) => field);
    // A menu that is only looked at leaves what was typed for what comes next.
    if (how !== 'menu' && !typed.includes('other')) before.clear();
    (world[tell] as (told: Used) => unknown)({ how, typed, options });
  };

  const hear = (name: string, heard: (event: Event, target: Element) => void): void =>
    addEventListener(
      name,
      (event) => {
        const target = isOurs(event) ? meant(event) : undefined;
        if (target !== undefined) heard(event, target);
      },
      { capture: true, passive: false },
    );

  for (const name of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'dblclick', 'auxclick'])
    hear(name, (event, target) => {
      if (isTyped(target) || (isMenu(target) && !menus)) return;
      // One that is prevented has no press of the mouse after it, which a menu is known by.
      if (name.startsWith('pointer')) event.stopImmediatePropagation();
      else stop(event);
      if (name === 'mousedown' && isMenu(target))
        say(
          'menu',
          target,
          [...target.options].map((option) => option.label),
        );
    });
  hear('click', (event, target) => {
    if (isTyped(target) || (isMenu(target) && !menus)) return;
    stop(event);
    if (isMenu(target)) return;
    const { detail: nth } = event as MouseEvent;
    clearTimeout(waiting);
    if (nth > 1) say('double', target);
    else waiting = setTimeout(() => say('press', target), nth === 0 ? 0 : DOUBLE_MS);
  });
  hear('keydown', (event, target) => {
    const { key: pressed, isComposing } = event as KeyboardEvent;
    if (pressed !== 'Enter' || isComposing || target instanceof HTMLTextAreaElement) return;
    if (isMenu(target)) return;
    stop(event);
    say(isTyped(target) ? 'enter' : 'press', target);
  });
  for (const name of ['input', 'change'])
    hear(name, (event, target) => {
      if (!isMenu(target)) return;
      event.stopImmediatePropagation();
      const chosen = target.selectedOptions[0];
      if (name === 'change' && chosen !== undefined) say('choose', target, [chosen.label]);
    });
  hear('beforeinput', (_event, target) => {
    if (isTyped(target) && !before.has(target)) before.set(target, textIn(target));
  });
};
