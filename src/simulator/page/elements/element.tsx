import type { ActionsBlock, ContextActionsBlock, InputBlock, SectionBlock } from '@slack/types';
import type { ReactNode } from 'react';
import type { Held } from '../surface.ts';
import { BlockButton } from './button.tsx';
import { BlockFeedback } from './feedback.tsx';
import { BlockOptions, initialOptions } from './options.tsx';
import { BlockOverflow } from './overflow.tsx';
import { BlockPicker, initialMoment } from './pickers.tsx';
import { BlockSelect, initialSelection } from './select.tsx';
import { BlockTextInput, initialText } from './text-input.tsx';
import type { Standing } from './use-element.ts';

export type AnyElement =
  | ActionsBlock['elements'][number]
  | ContextActionsBlock['elements'][number]
  | InputBlock['element']
  | Exclude<NonNullable<SectionBlock['accessory']>, { type: 'image' }>;

interface ElementProps {
  element: AnyElement;
  standing: Standing;
  dispatches?: boolean;
}

/** What an element holds before anybody touched it, as submitting a view tells it. */
export const initialOf = (element: AnyElement): Held => {
  switch (element.type) {
    case 'checkboxes':
    case 'radio_buttons':
      return initialOptions(element);
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return initialMoment(element);
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
    case 'rich_text_input':
      return initialText(element);
    case 'button':
    case 'icon_button':
    case 'workflow_button':
    case 'overflow':
    case 'feedback_buttons':
    case 'file_input':
      return null;
    default:
      return initialSelection(element);
  }
};

export const Element = ({ element, standing, dispatches = false }: ElementProps): ReactNode => {
  switch (element.type) {
    case 'button':
    case 'icon_button':
    case 'workflow_button':
      return <BlockButton element={element} blockId={standing.blockId} />;
    case 'overflow':
      return <BlockOverflow element={element} standing={standing} />;
    case 'checkboxes':
    case 'radio_buttons':
      return <BlockOptions element={element} standing={standing} />;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <BlockPicker element={element} standing={standing} />;
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
    case 'rich_text_input':
      return <BlockTextInput element={element} standing={standing} dispatches={dispatches} />;
    case 'feedback_buttons':
      return <BlockFeedback element={element} standing={standing} />;
    case 'file_input':
      return <p className="quiet">Files cannot be chosen in the local workspace.</p>;
    default:
      return <BlockSelect element={element} standing={standing} />;
  }
};
