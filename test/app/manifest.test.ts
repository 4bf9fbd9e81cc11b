import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { parseManifest, readManifest } from '#simulator/workspace/manifest.ts';

const schema = JSON.parse(
  readFileSync(new URL('../fixtures/slack-manifest.schema.json', import.meta.url), 'utf8'),
) as object;
const text = readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8');

// The schema has words of Slack's own ("regex", "_note"), which strict mode would refuse.
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);

it("manifest.yml is what Slack's manifest schema asks for", () => {
  const validate = ajv.compile(schema);
  validate(parse(text));
  expect(validate.errors).toBeNull();
});

it("the schema's check bites: an unknown setting and a command without a slash are found", () => {
  const validate = ajv.compile(schema);
  validate({ display_information: { name: 'x' }, colour: 'red' });
  expect(validate.errors).toHaveLength(1);
  validate({
    display_information: { name: 'x' },
    features: { slash_commands: [{ command: 'sync', description: 'x' }] },
  });
  expect(validate.errors?.[0]?.instancePath).toBe('/features/slash_commands/0/command');
});

it('the local workspace installs exactly what the manifest says', () => {
  expect(readManifest()).toEqual({
    name: 'Swivel Sync',
    homeTab: true,
    commands: [
      {
        command: '/sync',
        description: "Sync a policy or a contact's policies now",
        hint: '<number> | <name> | <name> before friday 3pm | status | sources | help',
      },
    ],
    shortcuts: [
      {
        type: 'message',
        callbackId: 'sync-from-message',
        name: 'Sync policies in this',
        description: 'Find the policy numbers in this message and sync them now',
      },
      {
        type: 'global',
        callbackId: 'sync-policy-anywhere',
        name: 'Sync a policy',
        description: 'Search your book for a policy and sync it now',
      },
      {
        type: 'global',
        callbackId: 'sync-contact-anywhere',
        name: 'Sync a contact',
        description: 'Search your book for a client and sync their policies now',
      },
    ],
    scopes: [
      'commands',
      'chat:write',
      'users:read',
      'users:read.email',
      'channels:read',
      'groups:read',
      'channels:history',
      'groups:history',
      'im:history',
      'files:write',
      'app_mentions:read',
    ],
    steps: [
      {
        callbackId: 'sync-policy-step',
        title: 'Force sync a policy',
        inputs: [
          { name: 'policy_number', type: 'string', title: 'Policy number', required: true },
          {
            name: 'person',
            type: 'slack#/types/user_context',
            title: 'Who asks',
            required: true,
          },
          { name: 'carrier', type: 'string', title: 'Carrier', required: false },
          { name: 'login_source', type: 'string', title: 'Login source', required: false },
        ],
        outputs: ['Status', 'Reason', 'Policy', 'As of', 'Values'].map((title) => ({
          name: title.toLowerCase().replace(' ', '_'),
          type: 'string',
          title,
          required: true,
        })),
      },
    ],
    events: ['app_home_opened', 'user_change', 'function_executed', 'message.im', 'app_mention'],
  });
});

it('a manifest without what the workspace reads is refused by name', () => {
  expect(() => parseManifest('features: {}')).toThrow(/display_information/);
});
