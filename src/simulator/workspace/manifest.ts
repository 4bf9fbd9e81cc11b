import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const Parameters = z.object({
  properties: z.record(z.string(), z.object({ type: z.string(), title: z.string() })),
  required: z.array(z.string()).default([]),
});

const Manifest = z.object({
  display_information: z.object({ name: z.string() }),
  features: z.object({
    bot_user: z.object({ display_name: z.string() }),
    app_home: z.object({ home_tab_enabled: z.boolean().default(false) }).prefault({}),
    slash_commands: z
      .array(
        z.object({
          command: z.string(),
          description: z.string(),
          usage_hint: z.string().default(''),
        }),
      )
      .default([]),
    shortcuts: z
      .array(
        z.object({
          name: z.string(),
          type: z.enum(['message', 'global']),
          callback_id: z.string(),
          description: z.string(),
        }),
      )
      .default([]),
  }),
  functions: z
    .record(
      z.string(),
      z.object({
        title: z.string(),
        input_parameters: Parameters,
        output_parameters: Parameters,
      }),
    )
    .default({}),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()).default([]) }) }),
  settings: z.object({
    event_subscriptions: z.object({ bot_events: z.array(z.string()).default([]) }).prefault({}),
  }),
});

/** What the workspace knows of the installed app; everything else in the manifest is Slack's. */
export interface InstalledApp {
  name: string;
  homeTab: boolean;
  commands: { command: string; description: string; hint: string }[];
  shortcuts: {
    type: 'message' | 'global';
    callbackId: string;
    name: string;
    description: string;
  }[];
  /** Steps for Workflow Builder. */
  steps: {
    callbackId: string;
    title: string;
    inputs: StepParameter[];
    outputs: StepParameter[];
  }[];
  scopes: string[];
  events: string[];
}

export interface StepParameter {
  name: string;
  type: string;
  title: string;
  required: boolean;
}

const parametersOf = ({ properties, required }: z.infer<typeof Parameters>): StepParameter[] =>
  Object.entries(properties).map(([name, { type, title }]) => ({
    name,
    type,
    title,
    required: required.includes(name),
  }));

/** Reads manifest.yml's text. Throws a ZodError that names the missing part. */
export const parseManifest = (text: string): InstalledApp => {
  const { features, functions, oauth_config, settings } = Manifest.parse(parse(text));
  return {
    name: features.bot_user.display_name,
    homeTab: features.app_home.home_tab_enabled,
    commands: features.slash_commands.map(({ command, description, usage_hint }) => ({
      command,
      description,
      hint: usage_hint,
    })),
    shortcuts: features.shortcuts.map(({ type, callback_id, name, description }) => ({
      type,
      callbackId: callback_id,
      name,
      description,
    })),
    steps: Object.entries(functions).map(([callbackId, step]) => ({
      callbackId,
      title: step.title,
      inputs: parametersOf(step.input_parameters),
      outputs: parametersOf(step.output_parameters),
    })),
    scopes: oauth_config.scopes.bot,
    events: settings.event_subscriptions.bot_events,
  };
};

export const readManifest = (): InstalledApp =>
  parseManifest(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8'));
