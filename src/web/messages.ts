export interface Message {
  name: 'message';
  status: number;
  title: string;
  text: string;
  next: string;
  /** Where one is, when it is not the link page. */
  place?: string;
}

export const FRESH = 'Go back to Slack and click Link again for a new link.';

export const message = (status: number, title: string, text: string, next = FRESH): Message => ({
  name: 'message',
  status,
  title,
  text,
  next,
});

/** Screens that only say something. */
export const MESSAGES = {
  unknown: message(404, 'This link does not work', 'It may be cut off, or it is no longer valid.'),
  'picture-gone': {
    ...message(
      404,
      'This picture is no longer available',
      'An address of a picture works for 15 minutes, for who it was given to.',
      'Press See the picture in the case again.',
    ),
    place: 'for support',
  },
  'picture-elsewhere': {
    ...message(
      404,
      'This picture is not here',
      'It was taken more than three days ago, or by a worker of another machine, whose pictures this one does not see.',
      'If it is new, ask whoever runs Swivel Sync for one folder that workers and bots share.',
    ),
    place: 'for support',
  },
  expired: message(
    410,
    'This link has expired',
    'For your safety a link works for 15 minutes only. Nothing was lost.',
  ),
  used: message(
    410,
    'This link has been used',
    'The login was linked with it, and a link works once.',
    'You can close this page. If the login needs linking again, Slack has a new link for you.',
  ),
  'wrong-number': message(
    410,
    'That was not the number',
    'Another number was typed in Slack. For your safety there is one try, so this link has ended. Nothing was sent to the carrier.',
  ),
  stopped: message(
    410,
    'Stopped, and nothing more is sent',
    'Your login is as it was. A sync that waits for it keeps waiting.',
    'When you are sure of the password, click Link in Slack again.',
  ),
  replaced: message(
    410,
    'A newer page has replaced this one',
    'A new page was asked for in Slack, so this one has ended. Nothing was sent to the carrier.',
    'Go on in the newer page, or click Link in Slack again.',
  ),
  'other-browser': message(
    403,
    'This link is open in another browser',
    'A link works in the one browser that opened it first.',
    'Go on in that browser. If it is gone, or was not you, click Link in Slack again and choose Open a new page.',
  ),
  'no-carrier': message(
    503,
    'This carrier is not available right now',
    'The login cannot be linked at the moment.',
    'Try again later, or ask your support.',
  ),
  'too-many': message(
    429,
    'That was too fast',
    'There were more tries than a person makes.',
    'Wait a minute, then go back and try again.',
  ),
  'too-large': message(
    413,
    'That was too much text',
    'What was sent is larger than any sign-in.',
    'Go back and type it again.',
  ),
  'stale-form': message(
    403,
    'This page was open too long',
    'The form could not be trusted any more, so it was not used. Nothing was sent to the carrier.',
    'Open the link again, and allow cookies for this page.',
  ),
  broken: message(
    500,
    'Something went wrong here',
    'It is on our side. What you typed was not shown or written down anywhere.',
    'Load the page again. If this comes back, tell your support.',
  ),
} as const;
