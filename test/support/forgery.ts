import type { Message } from '#simulator/workspace/state.ts';
import type { TestFirm } from './firm.ts';

/** Acts that no page of Slack would send, as one with a tool in hand could. */
export const forger = (firm: TestFirm, channel: string) => {
  const { workspace, teamId } = firm.local.workspace;
  let acts = 0;
  const envelope = (person: string, team: string) => {
    acts += 1;
    return {
      team: { id: team, domain: 'somewhere' },
      user: { id: person, username: 'somebody', name: 'somebody', team_id: team },
      api_app_id: 'ASYNCBOT1',
      token: 'local',
      ts: `${acts}`,
    };
  };
  return {
    click: (person: string, actionId: string, value: string, team = teamId) => {
      const from = envelope(person, team);
      return workspace.forge(
        'interactive',
        { person, channel },
        {
          ...from,
          type: 'block_actions',
          container: { type: 'message', message_ts: '1.1', channel_id: channel },
          channel: { id: channel, name: 'team' },
          message: { type: 'message', ts: '1.1', text: '' },
          state: { values: {} },
          actions: [
            {
              type: 'button',
              action_id: actionId,
              block_id: 'forged',
              value,
              text: { type: 'plain_text', text: 'Forged' },
              action_ts: `${acts}.${acts}`,
            },
          ],
        },
      );
    },
    submit: (
      person: string,
      callbackId: string,
      metadata: string,
      values: Record<string, Record<string, object>>,
      team = teamId,
    ) => {
      const from = envelope(person, team);
      return workspace.forge(
        'interactive',
        { person, channel },
        {
          ...from,
          type: 'view_submission',
          view: {
            id: `VFORGED${acts}`,
            hash: `${acts}`,
            team_id: team,
            type: 'modal',
            callback_id: callbackId,
            private_metadata: metadata,
            blocks: [],
            state: { values },
          },
        },
      );
    },
    command: (person: string, text: string, team = teamId) =>
      workspace.forge(
        'slash_commands',
        { person, channel },
        {
          token: 'local',
          team_id: team,
          team_domain: 'somewhere',
          channel_id: channel,
          channel_name: 'team',
          user_id: person,
          user_name: 'somebody',
          command: '/sync',
          text,
          api_app_id: 'ASYNCBOT1',
          is_enterprise_install: 'false',
        },
      ),
    /** What somebody types into a menu that searches. */
    suggest: (person: string, actionId: string, typed: string, team = teamId) =>
      workspace.forge(
        'interactive',
        { person, channel },
        {
          ...envelope(person, team),
          type: 'block_suggestion',
          container: { type: 'view', view_id: 'VFORGED' },
          action_id: actionId,
          block_id: 'forged',
          value: typed,
        },
      ),
    /** A shortcut in the menu of a message that says this. */
    messageShortcut: (person: string, callbackId: string, text: string, team = teamId) =>
      workspace.forge(
        'interactive',
        { person, channel },
        {
          ...envelope(person, team),
          type: 'message_action',
          callback_id: callbackId,
          message_ts: '1.1',
          channel: { id: channel, name: 'team' },
          message: { type: 'message', ts: '1.1', text, user: person },
          action_ts: `${acts}.${acts}`,
        },
      ),
    /** The step of a workflow that this person runs. */
    step: (person: string, callbackId: string, inputs: Record<string, unknown>, team = teamId) => {
      const { ts } = envelope(person, team);
      return workspace.forge(
        'events_api',
        { person, channel },
        {
          type: 'event_callback',
          team_id: team,
          api_app_id: 'ASYNCBOT1',
          event_id: `EvFORGED${ts}`,
          event_time: Number(ts),
          event: {
            type: 'function_executed',
            function: { id: 'FnFORGED', callback_id: callbackId, type: 'app', app_id: 'ASYNCBOT1' },
            inputs: { ...inputs, person: { id: person, secret: 'forged' } },
            function_execution_id: `FxFORGED${ts}`,
            workflow_execution_id: `WxFORGED${ts}`,
            event_ts: `${ts}.1`,
            bot_access_token: 'forged',
          },
        },
      );
    },
    /** What only this person was told in the channel so far. */
    told: (person: string): readonly Message[] =>
      workspace.messages(channel).filter(({ onlyFor }) => onlyFor === person),
  };
};
