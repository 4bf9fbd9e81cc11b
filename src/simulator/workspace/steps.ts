import { asObject, asText, type Json } from './json.ts';
import { sendEvent } from './events.ts';
import type { StepParameter } from './manifest.ts';
import { post, refusal, type Refusal } from './posting.ts';
import type { ActAnswer, StepAct } from './protocol.ts';
import { SLACKBOT, TEAM, BOT, type Person } from './seed.ts';
import { channelOf, newId, nextTs } from './state.ts';
import type { World, Execution } from './world.ts';
/** A person runs the workflow; Slack itself says who that is. */
export const runStep = (world: World, person: Person, act: StepAct): ActAnswer => {
  const step = world.app.steps.find(({ callbackId }) => callbackId === act.callbackId);
  if (step === undefined) return { ok: false, problem: 'There is no such step here.' };
  const channel = channelOf(world.state, act.channel);
  if (channel?.members.includes(person.id) !== true)
    return { ok: false, problem: 'You cannot write here.' };
  const inputs: Json = {};
  for (const { name, type, required } of step.inputs) {
    const given =
      type === 'slack#/types/user_context'
        ? { id: person.id, secret: newId('S') }
        : act.inputs[name];
    if (given === undefined && required) return { ok: false, problem: `${name} is missing.` };
    if (given !== undefined) inputs[name] = given;
  }
  const executionId = newId('Fx');
  world.executions.set(executionId, {
    callbackId: step.callbackId,
    channel: channel.id,
    state: 'running',
  });
  sendEvent(world, {
    type: 'function_executed',
    function: {
      id: newId('Fn'),
      callback_id: step.callbackId,
      title: step.title,
      type: 'app',
      app_id: BOT.app,
      input_parameters: step.inputs,
      output_parameters: step.outputs,
    },
    inputs,
    function_execution_id: executionId,
    workflow_execution_id: newId('Wx'),
    event_ts: nextTs(world.state, world.now()),
    bot_access_token: world.state.botToken,
    team_id: TEAM.id,
  });
  return { ok: true, ts: executionId };
};

/** What a step may be handed, and whether `value` is that. */
const isOf = ({ type }: StepParameter, value: unknown): boolean =>
  type === 'boolean'
    ? typeof value === 'boolean'
    : type === 'integer' || type === 'number'
      ? typeof value === 'number'
      : typeof value === 'string';

const runningStep = (world: World, args: Json): Execution | Refusal => {
  const execution = world.executions.get(asText(args['function_execution_id']));
  if (execution === undefined) return refusal('function_execution_not_found');
  return execution.state === 'running' ? execution : refusal('execution_not_in_running_state');
};

const tell = (world: World, { channel, callbackId }: Execution, lines: readonly string[]): void => {
  const place = channelOf(world.state, channel);
  const title = world.app.steps.find((step) => step.callbackId === callbackId)?.title ?? callbackId;
  if (place !== undefined)
    post(world, place, {
      user: SLACKBOT,
      text: [`Workflow: ${title}`, ...lines].join('\n'),
      blocks: [],
    });
};

export const completeSuccess = (world: World, args: Json): Json | Refusal => {
  const execution = runningStep(world, args);
  if ('error' in execution) return execution;
  const outputs = asObject(args['outputs']);
  const declared =
    world.app.steps.find(({ callbackId }) => callbackId === execution.callbackId)?.outputs ?? [];
  const wrong = declared.filter((parameter) => {
    const value = outputs?.[parameter.name];
    return value === undefined ? parameter.required : !isOf(parameter, value);
  });
  const unknown = Object.keys(outputs ?? {}).filter((name) =>
    declared.every((parameter) => parameter.name !== name),
  );
  if (outputs === undefined || wrong.length > 0 || unknown.length > 0)
    return refusal('parameter_validation_failed', [...wrong.map(({ name }) => name), ...unknown]);
  execution.state = 'completed';
  tell(
    world,
    execution,
    declared.map(({ name, title }) => `${title}: ${asText(outputs[name])}`),
  );
  return {};
};

export const completeError = (world: World, args: Json): Json | Refusal => {
  const execution = runningStep(world, args);
  if ('error' in execution) return execution;
  execution.state = 'failed';
  tell(world, execution, [`Could not be run: ${asText(args['error'])}`]);
  return {};
};
