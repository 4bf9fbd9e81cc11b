import type { KnownBlock } from '@slack/types';
import { asText, type Json } from './json.ts';
import type { LocalView, SubmitAct } from './protocol.ts';
import { elementsOf, flatBlocks } from './views.ts';

/** Where an element is, and which one: by the text people see on it, or by its action_id. */
export interface Target {
  as: string;
  /** A message's channel and ts; absent: the top modal, or Home with `home`. */
  channel?: string;
  ts?: string;
  home?: boolean;
  text?: string;
  actionId?: string;
}

/** Label of an input -> what is entered. */
export interface Labelled {
  labels: Record<string, string | string[]>;
}

export const elementsIn = (blocks: readonly KnownBlock[]): { blockId: string; element: Json }[] =>
  flatBlocks(blocks).flatMap((block) =>
    elementsOf(block).map((element) => ({ blockId: block.block_id ?? '', element })),
  );

const wordsOf = (value: unknown): string => asText((value as Json | undefined)?.['text']);

/** What people would call an element: its text, placeholder or accessibility label. */
export const namesOn = (element: Json): string[] =>
  [
    wordsOf(element['text']),
    asText(element['accessibility_label']),
    wordsOf(element['placeholder']),
  ].filter((name) => name !== '');

/** With no name given, the element that lists the wanted option, or one that an app fills. */
export const fits = (
  element: Json,
  { actionId, text, option }: Target & { option?: string },
): boolean => {
  if (actionId !== undefined) return element['action_id'] === actionId;
  if (text !== undefined) return namesOn(element).includes(text);
  return (
    option !== undefined &&
    (asText(element['type']).includes('external_select') ||
      optionCalled(optionsOf(element), option) !== undefined)
  );
};

export const optionsOf = (element: Json): { text: string; value: string }[] => {
  const groups = Array.isArray(element['option_groups'])
    ? (element['option_groups'] as Json[])
    : [];
  return [element, ...groups]
    .flatMap(({ options }) => (Array.isArray(options) ? (options as Json[]) : []))
    .map((option) => ({ text: wordsOf(option['text']), value: asText(option['value']) }));
};

export const isLabelled = (values: SubmitAct['values'] | Labelled): values is Labelled =>
  typeof values['labels'] === 'object' && !('block_id' in values);

export const byLabel = (view: LocalView, { labels }: Labelled): SubmitAct['values'] => {
  const values: SubmitAct['values'] = {};
  for (const [label, value] of Object.entries(labels)) {
    const block = (view.blocks as KnownBlock[]).find(
      (each) => each.type === 'input' && each.label.text === label,
    );
    if (block?.type !== 'input') throw new Error(`The modal has no input called ${label}.`);
    const element = block.element as unknown as Json;
    const known = optionsOf(element).find(({ text }) => text === value);
    values[block.block_id ?? ''] = { [asText(element['action_id'])]: known?.value ?? value };
  }
  return values;
};

/** Whether an element offers options, rather than taking a date, a text or a person. */
export const lists = (element: Json): boolean =>
  /static|external|radio|checkboxes|overflow/.test(asText(element['type']));

interface Option {
  text: string;
  value: string;
}

/** The option with this text or value, else the first whose text holds it. */
export const optionCalled = (options: readonly Option[], name: string): Option | undefined =>
  options.find(({ text, value }) => [text, value].includes(name)) ??
  options.find(({ text }) => text.toLowerCase().includes(name.toLowerCase()));
