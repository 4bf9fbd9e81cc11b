/**
 * The bot scopes, the rate tier and whether JSON bodies are read, of each method the workspace
 * serves (docs.slack.dev/reference/methods, read November 2026). A method with several scopes takes
 * the one of the conversation's kind.
 */
export interface MethodFacts {
  scopes: readonly string[];
  required: readonly string[];
  json: boolean;
  perMinute: number;
}

const fact = (scopes: string, required: string, perMinute: number, json = true): MethodFacts => ({
  scopes: scopes.split(' ').filter(Boolean),
  required: required.split(' ').filter(Boolean),
  json,
  perMinute,
});

const READ = 'channels:read groups:read im:read mpim:read';
const HISTORY = 'channels:history groups:history im:history mpim:history';

/** chat.postMessage has a rule of its own: about one a second and channel. */
export const METHODS = {
  'apps.connections.open': fact('', '', 1000),
  'auth.test': fact('', '', 1000),
  'blocks.validate': fact('', '', 100),
  'bookmarks.add': fact('bookmarks:write', 'channel_id title type', 20),
  'chat.delete': fact('chat:write', 'channel ts', 50),
  'chat.getPermalink': fact('', 'channel message_ts', 1000, false),
  'chat.postEphemeral': fact('chat:write', 'channel user', 100),
  'chat.postMessage': fact('chat:write', 'channel', 1000),
  'chat.update': fact('chat:write', 'channel ts', 50),
  'conversations.history': fact(HISTORY, 'channel', 50),
  'conversations.info': fact(READ, 'channel', 50, false),
  'conversations.list': fact(READ, '', 20, false),
  'conversations.members': fact(READ, 'channel', 100, false),
  'conversations.open': fact('channels:manage groups:write im:write mpim:write', '', 50),
  'conversations.replies': fact(HISTORY, 'channel ts', 50, false),
  'files.completeUploadExternal': fact('files:write', 'files', 100),
  'files.getUploadURLExternal': fact('files:write', 'filename length', 100, false),
  'functions.completeError': fact('', 'function_execution_id error', 50),
  'functions.completeSuccess': fact('', 'function_execution_id outputs', 50),
  'pins.add': fact('pins:write', 'channel timestamp', 20),
  'reactions.add': fact('reactions:write', 'channel name timestamp', 50),
  'reactions.remove': fact('reactions:write', 'channel name timestamp', 20),
  'users.conversations': fact(READ, '', 50, false),
  'users.info': fact('users:read', 'user', 100, false),
  'users.list': fact('users:read', '', 20, false),
  'users.lookupByEmail': fact('users:read.email', 'email', 50, false),
  'views.open': fact('', 'view', 100),
  'views.publish': fact('', 'user_id view', 100),
  'views.push': fact('', 'view', 100),
  'views.update': fact('', 'view', 100),
} satisfies Record<string, MethodFacts>;

export type MethodName = keyof typeof METHODS;

export const isMethod = (name: string): name is MethodName => Object.hasOwn(METHODS, name);
