import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import * as acts from './acts.ts';
import { asText } from './json.ts';
import { close, submit } from './modals.ts';
import { options } from './options.ts';
import { messagesFor, stateFor } from './picture.ts';
import type { Change, Faults, InstalledApp } from './protocol.ts';
import type { Person } from './seed.ts';
import { channelOf, personOf } from './state.ts';
import { runStep } from './steps.ts';
import type { World } from './world.ts';

const On = z.union([
  z.object({ channel: z.string(), ts: z.string() }),
  z.object({ view: z.string() }),
]);
const Value = z.union([z.string(), z.array(z.string())]);
const Values = z.record(z.string(), z.record(z.string(), Value.nullable()));
const Places = { on: On, blockId: z.string(), actionId: z.string() };
const As = { as: z.string() };

const Command = z.object({ ...As, channel: z.string(), text: z.string() });
const Post = z.object({
  ...As,
  channel: z.string(),
  text: z.string(),
  threadTs: z.string().exactOptional(),
});
const Action = z.object({
  ...As,
  ...Places,
  value: Value.exactOptional(),
  values: Values.exactOptional(),
});
const Shortcut = z.object({
  ...As,
  callbackId: z.string(),
  message: z.object({ channel: z.string(), ts: z.string() }).exactOptional(),
});
const Step = z.object({
  ...As,
  callbackId: z.string(),
  inputs: z.record(z.string(), z.string()),
  channel: z.string(),
});
const Options = z.object({ ...As, ...Places, typed: z.string() });
const Submit = z.object({ ...As, view: z.string(), values: Values });
const Close = z.object({ ...As, view: z.string() });
const Home = z.object(As);
const Seen = z.object({ ...As, channel: z.string() });
const Times = { method: z.string(), times: z.number() };
const FaultsBody = z.object({
  fail: z
    .array(
      z.object({
        ...Times,
        error: z.string().exactOptional(),
        status: z.number().exactOptional(),
        retryAfter: z.number().exactOptional(),
      }),
    )
    .exactOptional(),
  delayMs: z.number().exactOptional(),
  dropAfter: z.array(z.object(Times)).exactOptional(),
  hang: z.array(z.object({ ...Times, carriedOut: z.boolean() })).exactOptional(),
  repeatEnvelopes: z.number().int().min(1).exactOptional(),
  reorderEnvelopes: z.number().int().min(1).exactOptional(),
});

/** The pages that listen, each as one person. */
export interface Listeners {
  tell: (change: Change, to?: string) => void;
  close: () => void;
}

const HEARTBEAT_MS = 15_000;

/** The /local API of protocol.ts. */
export const localRoutes = (
  world: World,
  setFaults: (faults: Faults) => void,
): { routes: Router; listeners: Listeners } => {
  const routes = express.Router();
  const open = new Map<Response, string>();

  const personIn = (given: unknown, response: Response): Person | undefined => {
    const person = typeof given === 'string' ? personOf(world.state, given) : undefined;
    if (person === undefined) response.status(404).json({ ok: false, problem: 'No such person.' });
    return person;
  };

  /** An act of one person; a deactivated account can look, and do nothing. */
  const act = <T extends { as: string }>(
    path: string,
    shape: z.ZodType<T>,
    perform: (person: Person, body: T) => unknown,
  ): void => {
    routes.post(path, async (request: Request, response: Response) => {
      const parsed = shape.safeParse(request.body);
      if (!parsed.success) {
        response.status(400).json({ ok: false, problem: z.prettifyError(parsed.error) });
        return;
      }
      const person = personIn(parsed.data.as, response);
      if (person === undefined) return;
      if (person.deleted) response.json({ ok: false, problem: 'This account is deactivated.' });
      else response.json(await perform(person, parsed.data));
    });
  };

  // A kept connection would outlive a restart, and fail the first request to the next workspace.
  routes.use((_request, response, next) => {
    response.set('connection', 'close');
    next();
  });
  routes.get('/state', (request, response) => {
    const person = personIn(request.query['as'], response);
    if (person !== undefined) response.json(stateFor(world, person));
  });
  routes.get('/messages', (request, response) => {
    const person = personIn(request.query['as'], response);
    if (person === undefined) return;
    const channel = channelOf(world.state, asText(request.query['channel']));
    const { thread } = request.query;
    if (channel === undefined)
      response.status(404).json({ ok: false, problem: 'No such channel.' });
    else
      response.json(
        messagesFor(world, person, channel, typeof thread === 'string' ? thread : undefined),
      );
  });
  act('/command', Command, (person, body) => acts.command(world, person, body));
  act('/post', Post, (person, body) => acts.post(world, person, body));
  act('/action', Action, (person, body) => acts.action(world, person, body));
  act('/shortcut', Shortcut, (person, body) => acts.shortcut(world, person, body));
  act('/step', Step, (person, body) => runStep(world, person, body));
  act('/options', Options, (person, body) => options(world, person, body));
  act('/submit', Submit, (person, body) => submit(world, person, body));
  act('/close', Close, (person, { view }) => close(world, person, view));
  act('/home', Home, (person) => acts.home(world, person));
  act('/seen', Seen, (person, { channel }) => acts.seen(world, person, channel));
  routes.post('/faults', (request, response) => {
    const parsed = FaultsBody.safeParse(request.body);
    if (parsed.success) setFaults(parsed.data);
    response.status(parsed.success ? 200 : 400).json({ ok: parsed.success });
  });
  routes.get('/app', (_request, response) => {
    const { botToken, appToken } = world.state;
    response.json({ botToken, appToken } satisfies InstalledApp);
  });
  routes.get('/calls', (_request, response) => {
    response.json(world.calls);
  });
  routes.get('/events', (request, response) => {
    const person = personIn(request.query['as'], response);
    if (person === undefined) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    });
    response.write(': connected\n\n');
    open.set(response, person.id);
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS).unref();
    response.on('close', () => {
      clearInterval(heartbeat);
      open.delete(response);
    });
  });

  return {
    routes,
    listeners: {
      tell: (change, to) => {
        const event = `event: change\ndata: ${JSON.stringify(change)}\n\n`;
        for (const [response, person] of open)
          if (to === undefined || to === person) response.write(event);
      },
      close: () => {
        for (const response of open.keys()) response.end();
      },
    },
  };
};
