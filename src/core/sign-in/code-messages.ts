import { CODE_LIFE } from './rules.ts';
import type { CodePrompt } from './code-prompt.ts';
import { actions, at, bold, context, name, section, type ButtonSpec } from '#slack/blocks.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

const asks = (prompt: CodePrompt): string => {
  const { carrierName, sourceName, hint, codeAgain, codeSentAgain, signingIn, wantedAt } = prompt;
  const carrier = name(carrierName);
  const what = codeAgain
    ? `*${carrier} did not accept that code.* Enter the newest one`
    : codeSentAgain
      ? `*${carrier} was asked for another code.* Enter the newest one`
      : `*${carrier} asks for a code*`;
  const by = signingIn === null ? '' : ` ${name(signingIn)} is signing in.`;
  return [
    `:key: ${what} for ${bold(sourceName)}.${by}`,
    ...(hint === null ? [] : [`The carrier says: ${name(wayLabel(hint))}`]),
    `Enter it by ${at(wantedAt + CODE_LIFE, '{time}')}.`,
  ].join('\n');
};

const asksWay = ({ carrierName, sourceName, signingIn, wantedAt }: CodePrompt): string => {
  const by = signingIn === null ? '' : ` ${name(signingIn)} is signing in.`;
  return `:key: *${name(carrierName)} asks where to send its code* for ${bold(sourceName)}.${by}\nChoose by ${at(wantedAt + CODE_LIFE, '{time}')}; then enter the code here.`;
};

const failed = ({ reason, carrierName, sourceName }: CodePrompt): string => {
  const carrier = name(carrierName);
  switch (reason) {
    case 'code-rejected':
      return `:warning: ${carrier} did not accept the code for ${bold(sourceName)}. Link it again for a new one.`;
    case 'code-timed-out':
      return `:warning: No code for ${bold(sourceName)} came in time. Link it again for a new one.`;
    default:
      return `:warning: The sign-in of ${bold(sourceName)} at ${carrier} failed. The code no longer works.`;
  }
};

const textOf = (prompt: CodePrompt): string => {
  const carrier = name(prompt.carrierName);
  switch (prompt.state) {
    case 'code-wanted':
      return asks(prompt);
    case 'code-checking':
      return `:hourglass_flowing_sand: ${carrier} checks the code for ${bold(prompt.sourceName)}.`;
    case 'code-again':
      return `:hourglass_flowing_sand: ${carrier} is asked for another code for ${bold(prompt.sourceName)}.`;
    case 'code-another':
      return `:hourglass_flowing_sand: ${carrier} is asked for the other ways to get a code for ${bold(prompt.sourceName)}.`;
    case 'channel-wanted':
      return asksWay(prompt);
    case 'channel-chosen':
      return `:hourglass_flowing_sand: ${carrier} is asked to send the code for ${bold(prompt.sourceName)}.`;
    case 'waiting':
    case 'signing-in':
      return `:hourglass_flowing_sand: Signing in to ${bold(prompt.sourceName)} at ${carrier}.`;
    case 'linked':
      return `:white_check_mark: ${bold(prompt.sourceName)} is linked.`;
    case 'failed':
      return failed(prompt);
  }
};

/** Carriers offer two or three; Slack takes no more radio buttons than ten. */
export const MOST_WAYS = 10;

/** Carriers mask with asterisks, which are markup in some places and plain in others. */
export const wayLabel = (label: string): string => label.replaceAll('*', '•');

const buttons = (prompt: CodePrompt, sendsAgain: boolean): ButtonSpec[] => {
  const { signInId: signIn, channels } = prompt;
  if (prompt.state === 'channel-wanted')
    return channels.slice(0, MOST_WAYS).map(({ id, label }, index) => ({
      text: wayLabel(label),
      action: `choose-code-way:${index}`,
      value: JSON.stringify({ signIn, channel: id }),
    }));
  if (prompt.state !== 'code-wanted') return [];
  const value = JSON.stringify({ signIn });
  return [
    { text: 'Enter code', action: 'enter-code', value, style: 'primary' },
    ...(sendsAgain ? [{ text: 'Send again', action: 'send-code-again', value }] : []),
    ...(channels.length > 1
      ? [{ text: 'Another way', action: 'send-code-another-way', value }]
      : []),
  ];
};

/** The one message of a sign-in to whom its code is sent; the code is typed into a modal, never here. */
export const codeMessage = (prompt: CodePrompt, sendsAgain: boolean): DesiredMessage => {
  const text = textOf(prompt);
  return {
    key: 'card',
    inThread: false,
    ...spoken([
      section(text),
      ...actions(`code-${prompt.wantedAt}`, buttons(prompt, sendsAgain)),
      ...(prompt.state === 'code-wanted'
        ? [
            context(
              "Press *Enter code*, or type it on the link page. Don't type the code in this chat. If nobody at your firm is signing in, ignore this.",
            ),
          ]
        : []),
    ]),
    final: true,
  };
};
