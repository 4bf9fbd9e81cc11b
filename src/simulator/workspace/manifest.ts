import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

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
  scopes: string[];
  events: string[];
}

/** Reads manifest.yml's text. Throws a ZodError that names the missing part. */
export const parseManifest = (text: string): InstalledApp => {
  const { features, oauth_config, settings } = Manifest.parse(parse(text));
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
    scopes: oauth_config.scopes.bot,
    events: settings.event_subscriptions.bot_events,
  };
};

export const readManifest = (): InstalledApp =>
  parseManifest(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8'));
