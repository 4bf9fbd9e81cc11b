import type {
  ActAnswer,
  ActionAct,
  CloseAct,
  CommandAct,
  HomeAct,
  LocalMessages,
  LocalState,
  OptionsAct,
  OptionsAnswer,
  PostAct,
  SeenAct,
  ShortcutAct,
  SubmitAct,
} from '#simulator/workspace/protocol.ts';

interface Acts {
  command: CommandAct;
  post: PostAct;
  action: ActionAct;
  shortcut: ShortcutAct;
  submit: SubmitAct;
  close: CloseAct;
  home: HomeAct;
  seen: SeenAct;
}

const NO_ANSWER = 'The local workspace does not answer. Is it still running?';

const read = async <T>(path: string, query: Record<string, string>): Promise<T> => {
  const response = await fetch(`/local/${path}?${new URLSearchParams(query).toString()}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
};

const send = (path: string, body: unknown): Promise<Response> =>
  fetch(`/local/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Throws when the workspace is away or does not know the person. */
export const readState = (as: string): Promise<LocalState> => read('state', { as });

export const readMessages = (
  as: string,
  channel: string,
  thread?: string,
): Promise<LocalMessages> =>
  read('messages', thread === undefined ? { as, channel } : { as, channel, thread });

/** Never throws: an unreachable workspace is a problem to show, like any other refusal. */
export const act = async <A extends keyof Acts>(name: A, body: Acts[A]): Promise<ActAnswer> => {
  try {
    const response = await send(name, body);
    const answer = (await response.json().catch(() => undefined)) as Partial<ActAnswer> | undefined;
    if (answer?.ok !== undefined) return answer as ActAnswer;
    return { ok: false, problem: `The local workspace answered ${response.status}.` };
  } catch {
    return { ok: false, problem: NO_ANSWER };
  }
};

/** Throws when the bot gives no options, with the reason; the picker then says so. */
export const readOptions = async (body: OptionsAct): Promise<OptionsAnswer> => {
  const response = await send('options', body);
  if (!response.ok) throw new Error(`options: ${response.status}`);
  const answer = (await response.json()) as Partial<OptionsAnswer>;
  if (answer.options === undefined || answer.problem !== undefined)
    throw new Error(answer.problem ?? 'none given');
  return { options: answer.options };
};
