import type { RequestView } from '../view.ts';
import { cutMarkup, name, section, quote } from '#slack/blocks.ts';
import { LONGEST_TEXT } from './card.ts';
import type { DesiredMessage } from '#slack/deliver.ts';

const reply = (key: string, text: string): DesiredMessage => ({
  key,
  inThread: true,
  text: cutMarkup(text, LONGEST_TEXT),
  blocks: [section(text)],
  final: false,
});

/** What the thread shows of its cases: that support has it, what support answers, and the end. */
export const caseReplies = ({ cases, personSlackId }: RequestView): DesiredMessage[] =>
  cases.flatMap((each) => [
    reply(
      `case:${each.id}`,
      `:sos: ${name(each.askedBy)} asked support. It is *case ${each.number}*; the answer comes here.`,
    ),
    ...each.replies.map(({ id, by, text }) =>
      reply(`reply:${id}`, `<@${personSlackId}> *${name(by)}* of support:\n${quote(text)}`),
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
