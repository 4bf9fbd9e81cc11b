import { CODE_LIFE } from '#domain/link.ts';
import type { CodePrompt } from '#sync/code-prompt.ts';
import { actions, at, bold, context, name, section, type ButtonSpec } from '../blocks.ts';
import type { DesiredMessage } from './card.ts';

const asks = (prompt: CodePrompt): string => {
  const { carrierName, sourceName, hint, again, signingIn, wantedAt } = prompt;
  const by = signingIn === null ? '' : ` ${name(signingIn)} is signing in.`;
  return [
    `:key: ${again ? `*${name(carrierName)} did not accept that code.* Enter the newest one` : `*${name(carrierName)} asks for a code*`} for ${bold(sourceName)}.${by}`,
    ...(hint === null
      ? []
      : [
          // Carriers mask with asterisks, which are markup here.
          `The carrier says: ${name(hint.replaceAll('*', '•'))}`,
        ]),
    `It is waited for until ${at(wantedAt + CODE_LIFE, '{time}')}.`,
  ].join('\n');
};

const failed = ({ reason, carrierName, sourceName }: CodePrompt): string => {
  const carrier = name(carrierName);
  switch (reason) {
    case 'code-rejected':
      return `:warning: ${carrier} did not accept the code for ${bold(sourceName)}. Link it again for a new one.`;
    case 'code-timed-out':
      return `:warning: No code for ${bold(sourceName)} came in time. Link it again for a new one.`;
    default:
      return `:warning: The sign-in of ${bold(sourceName)} at ${carrier} ended without success. The code is of no use any more.`;
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
      return `:hourglass_flowing_sand: ${carrier} is asked to send another code for ${bold(prompt.sourceName)}.`;
    case 'waiting':
    case 'signing-in':
      return `:hourglass_flowing_sand: Signing in to ${bold(prompt.sourceName)} at ${carrier}.`;
    case 'linked':
      return `:white_check_mark: ${bold(prompt.sourceName)} is linked.`;
    case 'failed':
      return failed(prompt);
  }
};

const buttons = (prompt: CodePrompt, sendsAgain: boolean): ButtonSpec[] => {
  if (prompt.state !== 'code-wanted') return [];
  const value = JSON.stringify({ signIn: prompt.signInId });
  return [
    { text: 'Enter code', action: 'enter-code', value, style: 'primary' },
    ...(sendsAgain ? [{ text: 'Send again', action: 'send-code-again', value }] : []),
  ];
};

/** The one message of a sign-in to whom its code is sent; the code is typed into a modal, never here. */
export const codeMessage = (prompt: CodePrompt, sendsAgain: boolean): DesiredMessage => {
  const text = textOf(prompt);
  return {
    key: 'card',
    inThread: false,
    text,
    blocks: [
      section(text),
      ...actions(`code-${prompt.wantedAt}`, buttons(prompt, sendsAgain)),
      ...(prompt.state === 'code-wanted'
        ? [
            context(
              'Press the button to enter it: what is typed into this conversation stays in it. The link page takes the code too. If nobody of your firm is signing in, leave it.',
            ),
          ]
        : []),
    ],
    final: true,
  };
};
