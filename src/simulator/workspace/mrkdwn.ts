/** Slack's message text as plain text for a terminal. */
export interface Names {
  person: (id: string) => string;
  channel: (id: string) => string;
  /** IANA zone for dates. */
  timeZone: string;
}

const EMOJI: Record<string, string> = {
  alarm_clock: '⏰',
  heavy_minus_sign: '➖',
  point_right: '👉',
  sparkles: '✨',
  white_small_square: '▫️',
  arrow_right: '→',
  bell: '🔔',
  bust_in_silhouette: '👤',
  calendar: '📅',
  chart_with_downwards_trend: '📉',
  chart_with_upwards_trend: '📈',
  clipboard: '📋',
  double_vertical_bar: '⏸️',
  arrow_forward: '▶️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  information_source: 'ℹ️',
  key: '🔑',
  large_blue_circle: '🔵',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_orange_circle: '🟠',
  link: '🔗',
  lock: '🔒',
  mag: '🔍',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  question: '❓',
  red_circle: '🔴',
  rotating_light: '🚨',
  sos: '🆘',
  warning: '⚠️',
  wave: '👋',
  white_check_mark: '✅',
  raised_hand: '✋',
  white_circle: '⚪',
  heavy_check_mark: '✔️',
  x: '❌',
  arrows_counterclockwise: '🔄',
  unlock: '🔓',
  zzz: '💤',
};

export const emoji = (text: string): string =>
  text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => EMOJI[name] ?? whole);

const entities = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** `*bold*`, `_italic_` and `~struck~` lose their marks; code keeps what is in it. */
const unmarked = (text: string): string =>
  text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part, index) =>
      index % 2 === 1
        ? part.replace(/^(```|`)([\s\S]*)\1$/, '$2')
        : part.replace(/(^|[\s(>])([*_~])(\S(?:[^\n]*?\S)??)\2(?=$|[\s.,;:!?)<-])/gm, '$1$3'),
    )
    .join('');

/** Slack's date tokens; `{date_pretty}` and its like say today, yesterday and tomorrow. */
const dateOf = (seconds: number, format: string, timeZone: string): string => {
  const at = new Date(seconds * 1000);
  const as = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', { timeZone, ...options }).format(at);
  const long = { month: 'long', day: 'numeric', year: 'numeric' } as const;
  const short = { month: 'short', day: 'numeric', year: 'numeric' } as const;
  const tokens: Record<string, () => string> = {
    date_num: () => new Intl.DateTimeFormat('en-CA', { timeZone }).format(at),
    date: () => as(long),
    date_short: () => as(short),
    date_long: () => as({ weekday: 'long', ...long }),
    date_pretty: () => as(long),
    date_short_pretty: () => as(short),
    date_long_pretty: () => as({ weekday: 'long', ...long }),
    time: () => as({ hour: 'numeric', minute: '2-digit' }),
    time_secs: () => as({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: () => as(short),
    day_divider_pretty: () => as(long),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => tokens[name]?.() ?? whole);
};

const angle = (inside: string, names: Names): string => {
  const [target = '', label] = inside.split(/\|(.*)/s, 2);
  const date = /^!date\^(\d+)\^([^^]*)/.exec(target);
  if (date !== null) return dateOf(Number(date[1]), date[2] ?? '', names.timeZone);
  if (target.startsWith('@')) return `@${names.person(target.slice(1))}`;
  if (target.startsWith('#')) return `#${label ?? names.channel(target.slice(1))}`;
  if (target.startsWith('!')) return `@${label ?? target.slice(1)}`;
  return label === undefined ? target : `${label} (${target})`;
};

export const plainText = (text: string, names: Names): string => {
  const drawn = unmarked(emoji(text)).replace(/<([^<>\n]+)>/g, (_whole, inside: string) =>
    angle(inside, names),
  );
  return entities(drawn);
};

/** One part of rich text that holds a date. */
export const richDate = dateOf;
