import { get } from 'node-emoji';

/** Slack's names for what the emoji table calls otherwise, or does not have. */
const SLACK_NAMES: Record<string, string> = {
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_orange_circle: '🟠',
  large_purple_circle: '🟣',
  large_brown_circle: '🟤',
  large_red_square: '🟥',
  large_yellow_square: '🟨',
  large_green_square: '🟩',
  large_blue_square: '🟦',
  double_vertical_bar: '⏸️',
  robot_face: '🤖',
  left_speech_bubble: '🗨️',
  clipboard: '📋',
};

const SHORTCODE = /:([a-z0-9_+-]+)(?:::skin-tone-[2-6])?:/g;

/** Shortcodes as characters; an unknown one stays as it was typed. */
export const withEmoji = (text: string): string =>
  text.replaceAll(SHORTCODE, (code, name: string) => SLACK_NAMES[name] ?? get(name) ?? code);
