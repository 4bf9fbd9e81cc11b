import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { section } from '#slack/blocks.ts';
import { sayingModal } from '#slack/modals.ts';
import { fillModal } from '#slack/open-modal.ts';
import { silent } from '#test/support/silent.ts';

let slack: LocalWorkspace;
let client: WebClient;
const view = sayingModal(section('Here it is.'));

beforeAll(async () => {
  slack = await startWorkspace();
  client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: silent,
  });
});
afterAll(() => slack.close());

it('a modal that its person closed before it filled is no failure', async () => {
  await expect(fillModal(client, 'V0CLOSED', view)).resolves.toBeUndefined();
});

it('any other refusal is one', async () => {
  slack.workspace.setFaults({
    fail: [{ method: 'views.update', error: 'invalid_arguments', times: 1 }],
  });
  await expect(fillModal(client, 'V0CLOSED', view)).rejects.toThrow('invalid_arguments');
});
