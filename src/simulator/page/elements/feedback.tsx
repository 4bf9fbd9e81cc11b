import type { FeedbackButtons } from '@slack/types';
import type { ReactNode } from 'react';
import { withEmoji } from '../emoji.ts';
import { type Standing, useElement } from './use-element.ts';

interface FeedbackProps {
  element: FeedbackButtons;
  standing: Standing;
}

export const BlockFeedback = ({ element, standing }: FeedbackProps): ReactNode => {
  const own = useElement(standing, { actionId: element.action_id ?? '', initial: null });
  return (
    <div role="group" aria-label="Feedback" className="feedback">
      {[element.positive_button, element.negative_button].map((button) => (
        <button
          key={button.value}
          type="button"
          className="button"
          aria-label={button.accessibility_label}
          aria-pressed={own.value === button.value}
          onClick={() => void own.choose(button.value)}
        >
          {withEmoji(button.text.text)}
        </button>
      ))}
    </div>
  );
};
