import { CASES } from '#simulator/portals/cases.ts';
import { ANA, syncsOf, TEAM, type Story } from '../stage.ts';

const { number } = CASES.changed;

export const workflow: Story = {
  name: 'workflow',
  about: 'a workflow of Slack syncs a policy in the name of who runs it, and posts what came of it',
  tell: async (stage) => {
    const { client } = stage.firm;
    stage.say(`Ana runs a workflow in #team: Force sync a policy, with ${number}`);
    await client.runStep({
      as: ANA,
      channel: TEAM,
      callbackId: 'sync-policy-step',
      inputs: { policy_number: number },
    });
    const posted = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the workflow to go on',
      that: ({ text }) => text.startsWith('Workflow:'),
      ms: 60_000,
    });
    stage.show(posted.text);
    stage.say('The card itself is in her direct messages.');
    stage.show(await client.transcript(ANA, 'dm'));
    stage.prove('the step hands on Success', /Status: Success/.test(posted.text), true);
    stage.prove('one sync was asked for', (await syncsOf(stage, number)).length, 1);
    return 'the workflow went on with status, reason and values.';
  },
};
