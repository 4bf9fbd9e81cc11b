import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { boltFor } from '#test/support/bolt.ts';

let slack: LocalWorkspace;
let client: LocalClient;
let app: App;

beforeEach(async () => {
  slack = await startWorkspace();
  client = connectClient(slack.url);
  app = boltFor(slack);
  app.command('/sync', async ({ ack, client, command }) => {
    await ack();
    await client.views.open({ trigger_id: command.trigger_id, view: search });
  });
  await app.start();
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

const plain = (text: string) => ({ type: 'plain_text' as const, text });

const search: ModalView = {
  type: 'modal',
  callback_id: 'search',
  notify_on_close: true,
  private_metadata: 'kept',
  title: plain('Find a policy'),
  submit: plain('Sync'),
  close: plain('Close'),
  blocks: [
    {
      type: 'input',
      block_id: 'policy',
      label: plain('Policy'),
      element: { type: 'external_select', action_id: 'number', min_query_length: 2 },
    },
    {
      type: 'input',
      block_id: 'note',
      label: plain('Note'),
      optional: true,
      element: { type: 'plain_text_input', action_id: 'text' },
    },
    {
      type: 'actions',
      block_id: 'more',
      elements: [{ type: 'button', action_id: 'deeper', text: plain('Advanced') }],
    },
  ],
};

const small = (title: string): ModalView => ({
  type: 'modal',
  title: plain(title),
  blocks: [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'deeper', text: plain('Advanced') }],
    },
  ],
});

const offerPolicies = (): void => {
  app.options('number', async ({ ack, options }) => {
    await ack({
      options: ['00123-4567', '00999-1111']
        .filter((number) => number.includes(options.value))
        .map((number) => ({ text: plain(`Policy ${number}`), value: number })),
    });
  });
};

it('what is chosen and typed arrives as state, and closes the modal', async () => {
  const heard: unknown[] = [];
  offerPolicies();
  app.view('search', async ({ ack, body, view }) => {
    heard.push([body.user.id, view.private_metadata, view.state.values]);
    await ack();
  });
  await client.command('ana', 'team', '/sync policy');
  await client.waitForModal('ana');
  expect(await client.options({ as: 'ana', actionId: 'number', typed: '0' })).toEqual([]);
  expect(await client.options({ as: 'ana', actionId: 'number', typed: '123' })).toEqual([
    { text: 'Policy 00123-4567', value: '00123-4567' },
  ]);
  const answer = await client.submit('ana', { labels: { Policy: '00123-4567', Note: 'soon' } });
  expect(answer).toEqual({ ok: true });
  expect((await client.state('ana')).modals).toEqual([]);
  expect(heard).toEqual([
    [
      'UANARUIZ1',
      'kept',
      {
        policy: {
          number: {
            type: 'external_select',
            selected_option: { text: plain('Policy 00123-4567'), value: '00123-4567' },
          },
        },
        note: { text: { type: 'plain_text_input', value: 'soon' } },
      },
    ],
  ]);
});

it('a required input is asked for before the app hears of the submit', async () => {
  let heard = 0;
  app.view('search', async ({ ack }) => {
    heard += 1;
    await ack();
  });
  await client.command('ana', 'team', '/sync policy');
  await client.submit('ana');
  const view = await client.waitForModal('ana', ({ errors }) => errors !== undefined);
  expect(view.errors).toEqual({ policy: 'Please complete this required field.' });
  expect(heard).toBe(0);
});

it("the app's errors stand at their inputs, and go with the next try", async () => {
  offerPolicies();
  let tries = 0;
  app.view('search', async ({ ack }) => {
    tries += 1;
    if (tries > 1) await ack();
    else await ack({ response_action: 'errors', errors: { policy: 'Not in your book' } });
  });
  await client.command('ana', 'team', '/sync policy');
  await client.options({ as: 'ana', actionId: 'number', typed: '001' });
  const values = { policy: { number: '00123-4567' } };
  expect((await client.submit('ana', values)).problem).toBe('Not in your book');
  expect((await client.state('ana')).modals[0]?.errors).toEqual({ policy: 'Not in your book' });
  expect(await client.submit('ana', values)).toEqual({ ok: true });
});

it('modals stack three deep and no deeper', async () => {
  const refused: string[] = [];
  app.action('deeper', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    const { trigger_id } = body;
    await client.views
      .push({ trigger_id, view: small('Deeper') })
      .catch((error: { data: { error: string } }) => refused.push(error.data.error));
  });
  await client.command('ana', 'team', '/sync policy');
  await client.waitForModal('ana');
  for (const depth of [2, 3]) {
    await client.click({ as: 'ana', text: 'Advanced' });
    await client.waitFor({
      as: 'ana',
      what: `${depth} modals`,
      read: async () => ((await client.state('ana')).modals.length === depth ? depth : undefined),
    });
  }
  await client.click({ as: 'ana', text: 'Advanced' });
  await expect.poll(() => refused).toEqual(['push_limit_reached']);
  await client.closeModal('ana');
  expect((await client.state('ana')).modals).toHaveLength(2);
});

it('a submit can update its view, push another, and clear them all', async () => {
  app.action('deeper', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    const step = { ...small('Step 1'), callback_id: 'step', submit: plain('Next') };
    await client.views.push({ trigger_id: body.trigger_id, view: step });
  });
  app.view('step', async ({ ack, view }) => {
    const next = (title: string) => ({
      ...small(title),
      callback_id: 'step',
      submit: plain('Next'),
    });
    if (view.title.text === 'Step 1')
      await ack({ response_action: 'update', view: next('Step 2') });
    else if (view.title.text === 'Step 2')
      await ack({ response_action: 'push', view: next('Step 3') });
    else await ack({ response_action: 'clear' });
  });
  const titles = async () =>
    (await client.state('ana')).modals.map((view) => (view as ModalView).title.text);
  await client.command('ana', 'team', '/sync policy');
  await client.click({ as: 'ana', text: 'Advanced' });
  await client.waitForModal('ana', (view) => (view as ModalView).title.text === 'Step 1');
  await client.submit('ana');
  expect(await titles()).toEqual(['Find a policy', 'Step 2']);
  await client.submit('ana');
  expect(await titles()).toEqual(['Find a policy', 'Step 2', 'Step 3']);
  await client.submit('ana');
  expect(await titles()).toEqual([]);
});

it('an input keeps what is chosen to itself, unless it asks to dispatch', async () => {
  let heard = 0;
  app.action('number', async ({ ack }) => {
    heard += 1;
    await ack();
  });
  offerPolicies();
  app.view('search', async ({ ack, view }) => {
    const chosen = view.state.values['policy']?.['number']?.selected_option?.value;
    await ack({ response_action: 'errors', errors: { policy: `heard ${chosen}` } });
  });
  await client.command('ana', 'team', '/sync policy');
  await client.choose({ as: 'ana', option: '00123-4567', typed: '001' });
  expect(heard).toBe(0);
  expect((await client.submit('ana')).problem).toBe('heard 00123-4567');
});

it('closing tells the app when it asked to be told', async () => {
  const heard: boolean[] = [];
  app.view({ callback_id: 'search', type: 'view_closed' }, async ({ ack, body }) => {
    await ack();
    if (body.type === 'view_closed') heard.push(body.is_cleared);
  });
  await client.command('ana', 'team', '/sync policy');
  await client.waitForModal('ana');
  await client.closeModal('ana');
  expect(heard).toEqual([false]);
});

it('a submit the app does not answer keeps the modal and says so', async () => {
  app.view('search', () => new Promise(() => undefined));
  offerPolicies();
  await client.command('ana', 'team', '/sync policy');
  await client.options({ as: 'ana', actionId: 'number', typed: '001' });
  const answer = await client.submit('ana', { policy: { number: '00123-4567' } });
  expect(answer.problem).toContain('trouble connecting');
  expect((await client.state('ana')).modals).toHaveLength(1);
});

it('a view over 250 kB is too large', async () => {
  await client.command('ana', 'team', '/sync policy');
  const { id } = await client.waitForModal('ana');
  const large = {
    ...small('Large'),
    blocks: Array.from({ length: 100 }, () => ({
      type: 'section' as const,
      text: plain('x'.repeat(2600)),
    })),
  };
  await expect(app.client.views.update({ view_id: id, view: large })).rejects.toThrow(
    'view_too_large',
  );
});

it('an update with an old hash is refused, and a view that closed is not found', async () => {
  await client.command('ana', 'team', '/sync policy');
  const { id, hash } = await client.waitForModal('ana');
  const update = (extra: object) =>
    app.client.views.update({ view_id: id, view: small('Loaded'), ...extra }).then(
      ({ ok }) => ok,
      (error: { data: { error: string } }) => error.data.error,
    );
  expect(await update({ hash })).toBe(true);
  expect(await update({ hash })).toBe('hash_conflict');
  await client.closeModal('ana');
  expect(await update({})).toBe('not_found');
});
