import type { CaseNote, RequestView } from '../view.ts';
import { actions, name, section, quote } from '#slack/blocks.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

const reply = (key: string, text: string): DesiredMessage => ({
  key,
  inThread: true,
  ...spoken([section(text)]),
  final: false,
});

const mentioned = ({ askerSlackId }: CaseNote): string =>
  askerSlackId === null ? '' : `<@${askerSlackId}> `;

/** The way back to support, while the case is open. */
const withAnswer = (message: DesiredMessage, { id, number, closedBy }: CaseNote): DesiredMessage =>
  closedBy !== null
    ? message
    : {
        ...message,
        blocks: [
          ...message.blocks,
          ...actions(`answer-${message.key}`, [
            {
              text: 'Answer support',
              action: 'case-answer',
              value: JSON.stringify({ case: id }),
              says: `Answer support about case ${number}`,
            },
          ]),
        ],
      };

/** What the thread shows of its cases: that support has it, what support answers, and the end. */
export const caseReplies = ({ cases }: Pick<RequestView, 'cases'>): DesiredMessage[] =>
  cases.flatMap((each) => [
    reply(
      `case:${each.id}`,
      `:sos: ${name(each.askedBy)} asked support. It is *case ${each.number}*; the answer comes here.`,
    ),
    ...each.replies.map(({ id, by, text, byAsker }) =>
      byAsker
        ? reply(`reply:${id}`, `*${name(by)}* to support:\n${quote(text)}`)
        : withAnswer(
            reply(`reply:${id}`, `${mentioned(each)}*${name(by)}* of support:\n${quote(text)}`),
            each,
          ),
    ),
    ...(each.closedBy === null
      ? []
      : [
          reply(
            `closed:${each.id}`,
            `:white_check_mark: ${name(each.closedBy)} closed *case ${each.number}*.`,
          ),
        ]),
  ]);
