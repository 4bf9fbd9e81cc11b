import type { Redis } from 'ioredis';
import { MINUTE } from '#shared/clock.ts';
import { withinASecond } from './connection.ts';

/**
 * What all bots of a workspace have sent of late, and who waits for a turn. Each answer is how long to
 * wait, ms; 0: now, and it is counted; undefined: Redis does not say.
 */
export interface SlackLimits {
  update: (update: {
    message: string;
    /** It waits for this long after the one before, ms; what has ended waits in a line instead. */
    spreadMs?: number;
    /** So many fit into any minute, and so many of those that move. */
    perMinute: number;
    movingPerMinute: number;
  }) => Promise<number | undefined>;
  post: (post: {
    channel: string;
    /** Who asks: the same name keeps its place in the line. */
    name: string;
    /** So many at once, and then one each so many ms. */
    burst: number;
    everyMs: number;
  }) => Promise<number | undefined>;
  /** Slack said to wait with posts, and what is asked for them, or with updates. */
  rest: (what: 'posts' | 'updates', ms: number) => Promise<unknown>;
  /** Updates made in the last minute, and how long Slack wants to be left alone with any of it, ms. */
  made: () => Promise<{ updates: number; restMs: number } | undefined>;
}

/** One hash tag for all: a cluster runs a script where its keys are. */
const KEY = '{slack-limits}';
const restOf = (what: 'posts' | 'updates'): string => `${KEY}:rest:${what}`;
const UPDATES = `${KEY}:updates`;

/** Who does not come back this long after its turn has left the line. */
const GRACE_MS = 10_000;
/** Nobody is told to wait longer at once: who is no longer wanted keeps no place for longer. */
const LONGEST_MS = MINUTE;
const KEPT_MS = 10 * MINUTE;

/** A clock that was set back must hold nobody for as long as it went back. */
const SHARED = `
local now = tonumber(ARGV[1])
local function resting(key)
  local ends, ms = unpack(redis.call('HMGET', key, 'ends', 'ms'))
  return ends and math.min(tonumber(ms), math.max(0, tonumber(ends) - now)) or 0
end
local function keep(key) redis.call('PEXPIRE', key, ${KEPT_MS}) end
local function leave(line, due, who)
  redis.call('ZREM', line, who)
  redis.call('ZREM', due, who)
end
local function ahead(line, due, who)
  for _, range in ipairs({ { '-inf', now - ${GRACE_MS} }, { now + ${LONGEST_MS} + 1, '+inf' } }) do
    for _, gone in ipairs(redis.call('ZRANGEBYSCORE', due, range[1], range[2])) do
      leave(line, due, gone)
    end
  end
  return redis.call('ZRANK', line, who) or redis.call('ZCARD', line)
end
local function wait(line, due, who, ms)
  ms = math.min(math.ceil(ms), ${LONGEST_MS})
  local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')
  redis.call('ZADD', line, 'NX', (tonumber(last[2]) or 0) + 1, who)
  redis.call('ZADD', due, now + ms, who)
  keep(line)
  keep(due)
  return ms
end
`;

const POST = `${SHARED}
local rest, bucket, line, due = unpack(KEYS)
local who, burst, every = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local before = ahead(line, due, who)
local ms = resting(rest)
if ms > 0 then return wait(line, due, who, ms) end
local tokens, at = unpack(redis.call('HMGET', bucket, 'tokens', 'at'))
local since = math.max(0, now - (tonumber(at) or now))
tokens = math.min(burst, (tonumber(tokens) or burst) + since / every)
local isNext = tokens >= before + 1
redis.call('HSET', bucket, 'tokens', isNext and tokens - 1 or tokens, 'at', now)
keep(bucket)
if not isNext then return wait(line, due, who, (before + 1 - tokens) * every) end
leave(line, due, who)
return 0
`;

/** What still moves leaves its room to what has ended and waits for it. */
const UPDATE = `${SHARED}
local rest, updates, line, due, last = unpack(KEYS)
local who, most, moving = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local spread = tonumber(ARGV[5])
local before = ahead(line, due, who)
local function later(ms)
  if spread then return math.ceil(ms) end
  return wait(line, due, who, ms)
end
local ms = resting(rest)
if ms > 0 then return later(ms) end
if spread then
  local since = math.max(0, now - (tonumber(redis.call('GET', last)) or -math.huge))
  if since < spread then return later(spread - since) end
  most = math.min(moving, most - redis.call('ZCARD', line))
  before = 0
end
redis.call('ZREMRANGEBYSCORE', updates, '-inf', now - ${MINUTE})
redis.call('ZREMRANGEBYSCORE', updates, now + ${MINUTE}, '+inf')
local made = redis.call('ZCARD', updates)
if made + before >= most then
  if made == 0 then return later(1000) end
  -- As each of these leaves its minute behind, one of those before it takes its room, for a minute.
  local nth = math.max(0, made + before - most)
  local inTheWay = redis.call('ZRANGE', updates, nth % made, nth % made, 'WITHSCORES')
  local minutes = 1 + math.floor(nth / made)
  return later(tonumber(inTheWay[2]) + minutes * ${MINUTE} - now)
end
redis.call('ZADD', updates, now, now .. ' ' .. made .. ' ' .. who)
redis.call('SET', last, now, 'PX', ${KEPT_MS})
keep(updates)
leave(line, due, who)
return 0
`;

const REST_FOR = `${SHARED}
local ms = tonumber(ARGV[2])
if ms <= resting(KEYS[1]) then return end
redis.call('HSET', KEYS[1], 'ends', now + ms, 'ms', ms)
redis.call('PEXPIRE', KEYS[1], ms)
`;

const MADE = `${SHARED}
local made = redis.call('ZCOUNT', KEYS[1], now - ${MINUTE} + 1, now)
return { made, math.max(resting(KEYS[2]), resting(KEYS[3])) }
`;

export const createSlackLimits = (
  redis: Redis,
  clock: () => number,
): SlackLimits & AsyncDisposable => {
  const run = (script: string, keys: string[], ...args: (string | number)[]): Promise<unknown> =>
    withinASecond(redis.eval(script, keys.length, ...keys, clock(), ...args));
  const waitOf = async (answer: Promise<unknown>): Promise<number | undefined> =>
    (await answer) as number | undefined;
  const lineOf = (of: string): string[] => [`${of}:line`, `${of}:due`];
  return {
    update: ({ message, spreadMs, perMinute, movingPerMinute }) =>
      waitOf(
        run(
          UPDATE,
          [restOf('updates'), UPDATES, ...lineOf(UPDATES), `${KEY}:last:${message}`],
          message,
          perMinute,
          movingPerMinute,
          spreadMs ?? '',
        ),
      ),
    post: ({ channel, name, burst, everyMs }) => {
      const bucket = `${KEY}:posts:${channel}`;
      return waitOf(run(POST, [restOf('posts'), bucket, ...lineOf(bucket)], name, burst, everyMs));
    },
    rest: (what, ms) => run(REST_FOR, [restOf(what)], ms),
    made: async () => {
      const told = (await run(MADE, [UPDATES, restOf('posts'), restOf('updates')])) as
        | [number, number]
        | undefined;
      return told && { updates: told[0], restMs: told[1] };
    },
    [Symbol.asyncDispose]: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
};
