import { blockProblems } from '../blocks.ts';
import { messageOfProblem, type Problem } from '../checks.ts';
import { asObject, type Json } from '../json.ts';
import { contentOf, isRefusal, refusal, type Refusal } from '../posting.ts';
import { viewProblems } from '../views.ts';

const refused = (error: string, problems: Problem[]): Refusal => ({
  error,
  messages: problems.map(messageOfProblem),
  more: {
    errors: problems.map(({ message, pointer }) => ({
      code: 'failed_constraint',
      message,
      pointer,
    })),
  },
});

/** blocks.validate: exactly one of `blocks`, `view` and `message`. */
export const validate = (args: Json): Json | Refusal => {
  const { blocks, view, message } = args;
  if ([blocks, view, message].filter((given) => given !== undefined).length !== 1)
    return refusal('invalid_arguments', [
      'must provide exactly one of `blocks`, `view`, or `message`',
    ]);
  if (message !== undefined) {
    const content = contentOf(asObject(message) ?? {});
    return isRefusal(content) ? { error: 'invalid_message', messages: content.messages ?? [] } : {};
  }
  const problems =
    blocks === undefined
      ? viewProblems(view, asObject(view)?.['type'] === 'home' ? 'home' : 'modal')
      : blockProblems(blocks, 'message', '');
  if (problems.length === 0) return {};
  return refused(blocks === undefined ? 'invalid_view' : 'invalid_blocks', problems);
};
