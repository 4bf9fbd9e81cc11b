import { asObject, asText, type Json } from './json.ts';
import * as chat from './methods/chat.ts';
import * as conversations from './methods/conversations.ts';
import * as files from './methods/files.ts';
import * as marks from './methods/marks.ts';
import * as users from './methods/users.ts';
import { validate } from './methods/validation.ts';
import * as views from './methods/views.ts';
import { isRefusal, refusal, type Refusal } from './posting.ts';
import { BOT, TEAM } from './seed.ts';
import { completeError, completeSuccess } from './steps.ts';
import { METHODS, isMethod, type MethodName } from './scopes.ts';
import type { World } from './world.ts';

type Method = (world: World, args: Json) => Json | Refusal;

const HANDLERS: Record<MethodName, Method> = {
  'apps.connections.open': (world) => ({ url: world.newSocketUrl() }),
  'auth.test': (world) => ({
    url: `${world.url}/`,
    team: TEAM.name,
    user: 'swivel_sync',
    team_id: TEAM.id,
    user_id: BOT.user,
    bot_id: BOT.id,
    is_enterprise_install: false,
  }),
  'blocks.validate': (_world, args) => validate(args),
  'bookmarks.add': marks.addBookmark,
  'chat.delete': chat.deleteMessage,
  'chat.getPermalink': chat.getPermalink,
  'chat.postEphemeral': chat.postEphemeral,
  'chat.postMessage': chat.postMessage,
  'chat.update': chat.update,
  'conversations.history': conversations.history,
  'conversations.info': conversations.info,
  'conversations.list': conversations.list,
  'conversations.members': conversations.members,
  'conversations.open': conversations.open,
  'conversations.replies': conversations.replies,
  'files.completeUploadExternal': files.completeUploadExternal,
  'files.getUploadURLExternal': files.getUploadURLExternal,
  'functions.completeError': completeError,
  'functions.completeSuccess': completeSuccess,
  'pins.add': marks.addPin,
  'reactions.add': marks.addReaction,
  'reactions.remove': marks.removeReaction,
  'users.conversations': conversations.ofUser,
  'users.info': users.info,
  'users.list': users.list,
  'users.lookupByEmail': users.lookupByEmail,
  'views.open': views.open,
  'views.publish': views.publish,
  'views.push': views.push,
  'views.update': views.update,
};

export interface Call {
  method: string;
  token: string | undefined;
  /** From a form, with its JSON fields parsed; or the JSON body. */
  args: Json;
  json: boolean;
}

/** Answers one Web API call: `{ok: true, …}` or `{ok: false, error, …}`. */
export const answerCall = (world: World, call: Call): Json => {
  const outcome = judge(world, call);
  const result: Json = isRefusal(outcome)
    ? {
        ok: false,
        error: outcome.error,
        ...outcome.more,
        ...(outcome.messages === undefined
          ? {}
          : { response_metadata: { messages: outcome.messages } }),
      }
    : { ok: true, ...outcome };
  log(world, call, result);
  return result;
};

const judge = (world: World, { method, token, args, json }: Call): Json | Refusal => {
  if (!isMethod(method)) return { error: 'unknown_method', more: { req_method: method } };
  const facts: (typeof METHODS)[MethodName] = METHODS[method];
  if (token === undefined || token === '') return refusal('not_authed');
  const { appToken, botToken } = world.state;
  if (token !== appToken && token !== botToken) return refusal('invalid_auth');
  const wanted = method === 'apps.connections.open' ? appToken : botToken;
  if (token !== wanted) return refusal('not_allowed_token_type');
  if (facts.scopes.length > 0 && !facts.scopes.some((scope) => world.app.scopes.includes(scope)))
    return conversations.missingScope(world, facts.scopes.join(','));
  const given = json && !facts.json ? {} : args;
  const missing = facts.required.filter((name) => given[name] === undefined || given[name] === '');
  if (missing.length > 0)
    return refusal(
      'invalid_arguments',
      missing.map((name) => `[ERROR] missing required field: ${name}`),
    );
  return files.fileRefusal(world, given) ?? HANDLERS[method](world, given);
};

const MOST_CALLS = 5000;

export const log = (world: World, { method, args }: Call, result: Json): void => {
  const ts = asText(result['ts']) || asText(result['message_ts']);
  const channel = asText(result['channel']) || asText(args['channel']);
  world.calls.push({
    at: world.now(),
    method,
    ok: result['ok'] === true,
    ...(typeof result['error'] === 'string' ? { error: result['error'] } : {}),
    ...(channel === '' ? {} : { channel }),
    ...(ts === '' ? {} : { ts }),
  });
  if (world.calls.length > MOST_CALLS) world.calls.shift();
};

const JSON_FIELDS = [
  'blocks',
  'outputs',
  'attachments',
  'metadata',
  'view',
  'message',
  'unfurled_attachments',
];

/** A form holds JSON as text in some fields; one that does not parse stays text, and is refused. */
export const argsOfForm = (form: Json): Json => {
  const args: Json = { ...form };
  for (const name of JSON_FIELDS) {
    const text = form[name];
    if (typeof text !== 'string') continue;
    try {
      args[name] = JSON.parse(text);
    } catch {
      args[name] = text;
    }
  }
  return args;
};

export const argsOf = (body: unknown): Json => asObject(body) ?? {};
