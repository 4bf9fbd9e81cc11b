import type { View } from '@slack/types';
import { suggestPolicies } from '#core/policies/look-up.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import * as answers from '#slack/answers.ts';
import { parsePicker } from '#slack/click-values.ts';
import { request, type Started } from './slack.ts';
import type { Desk, SlackApp, SlackClient } from '#slack/desk.ts';
import { openLink } from '#core/sign-in/link-slack.ts';
import { originOf } from '#slack/origin.ts';
import { POLICY_PICKER, policyOption, SOURCE_PICKER, sourcePicker } from './pickers.ts';
import { whoIs } from '#slack/who.ts';
import { sayingModal } from '#slack/saying-modal.ts';

export const listenToSubmissions = (app: SlackApp, desk: Desk): void => {
  app.options('policy-search', async ({ ack, body, client, payload }) => {
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    const policies =
      who.kind === 'refused' ? [] : await suggestPolicies(desk, who.person, payload.value);
    await ack({ options: policies.map(policyOption) });
  });

  app.view(POLICY_PICKER, async ({ ack, body, view, client }) => {
    const chosen = view.state.values['policy']?.['policy-search']?.selected_option?.value;
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('policy', answers.refusal(who.why)));
    const state = parsePicker(view.private_metadata);
    if (state === undefined || chosen === undefined)
      return ack(answers.asError('policy', answers.stale()));
    const choices = await sourceChoices(desk, who.person, chosen);
    switch (choices.kind) {
      case 'refused':
        return ack(answers.asError('policy', answers.notYours()));
      case 'not-syncable':
        return ack(answers.asError('policy', answers.notSyncable(choices.policy)));
      case 'no-source':
        return ack(answers.asError('policy', answers.noSource(choices.policy, choices.holders)));
      case 'sources': {
        const [only] = choices.sources;
        if (choices.sources.length > 1 || only === undefined)
          return ack({
            response_action: 'update',
            view: sourcePicker(state, choices.policy, choices.sources, desk.clock()),
          });
        const from = { body, policyId: chosen, sourceId: only.id, channel: state.origin.askedIn };
        return startAndTell(desk, client, from, (view) =>
          view === undefined ? ack() : ack({ response_action: 'update', view }),
        );
      }
    }
  });

  app.view(SOURCE_PICKER, async ({ ack, body, view, client }) => {
    const chosen = view.state.values['source']?.['source']?.selected_option?.value;
    const state = parsePicker(view.private_metadata);
    if (state?.policy === undefined || chosen === undefined)
      return ack(answers.asError('source', answers.stale()));
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('source', answers.refusal(who.why)));
    const choices = await sourceChoices(desk, who.person, state.policy);
    const source =
      choices.kind === 'sources' ? choices.sources.find(({ id }) => id === chosen) : undefined;
    if (source === undefined) return ack(answers.asError('source', answers.notYours()));
    const from = { body, policyId: state.policy, sourceId: chosen, channel: state.origin.askedIn };
    if (source.linked)
      return startAndTell(desk, client, from, (view) =>
        view === undefined ? ack() : ack({ response_action: 'update', view }),
      );
    const started = await startFrom(desk, client, from);
    if (started?.requestId === undefined)
      return ack(answers.asError('source', started?.answer ?? answers.notYours()));
    await ack({
      response_action: 'update',
      view: await openLink(desk, who.person.id, source, started.requestId, view.id),
    });
  });
};

interface Submitted {
  body: { user: { id: string }; view: { id: string } };
  policyId: string;
  sourceId: string;
  /** Where it was asked; a person's id when from no channel at all. */
  channel: string;
}

/** The request of a submitted picker; the channel it names is looked at again. */
const startFrom = async (
  desk: Desk,
  client: SlackClient,
  { body, policyId, sourceId, channel }: Submitted,
): Promise<Started | undefined> => {
  const who = await whoIs(desk, client, { userId: body.user.id });
  if (who.kind === 'refused') return undefined;
  const ask = {
    actor: who.person,
    policyId,
    origin: await originOf(desk, client, channel, body.user.id),
    dedupeKey: `view:${body.view.id}`,
    client,
  };
  return request(desk, ask, sourceId);
};

/** The answer is shown where it was asked; from no channel at all, in the modal itself. */
const startAndTell = async (
  desk: Desk,
  client: SlackClient,
  from: Submitted,
  close: (instead?: View) => Promise<void>,
): Promise<void> => {
  const { channel, body } = from;
  if (/^[UW]/.test(channel)) {
    const started = await startFrom(desk, client, from);
    return close(started && sayingModal(...started.answer.blocks));
  }
  await close();
  const started = await startFrom(desk, client, from);
  if (started !== undefined)
    await client.chat
      .postEphemeral({ channel, user: body.user.id, ...started.answer })
      .catch((error: unknown) => desk.log('an answer could not be shown', error));
};
