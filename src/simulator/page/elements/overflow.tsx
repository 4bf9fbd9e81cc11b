import type { Overflow } from '@slack/types';
import type { ReactNode } from 'react';
import { withEmoji } from '../emoji.ts';
import { Menu } from '../parts/menu.tsx';
import { choiceOf } from './select.tsx';
import { type Standing, useElement } from './use-element.ts';

interface OverflowProps {
  element: Overflow;
  standing: Standing;
}

export const BlockOverflow = ({ element, standing }: OverflowProps): ReactNode => {
  const own = useElement(standing, {
    actionId: element.action_id ?? '',
    confirm: element.confirm,
    initial: null,
  });
  const items = element.options.map(choiceOf).map(({ text, value, description, url }) => ({
    key: value,
    text: withEmoji(text),
    ...(description !== undefined && { about: withEmoji(description) }),
    run: () => {
      if (url !== undefined) window.open(url, '_blank', 'noopener');
      void own.choose(value);
    },
  }));
  return (
    <div className="overflow">
      <Menu label="More actions" items={items} busy={own.busy}>
        ⋯
      </Menu>
    </div>
  );
};
