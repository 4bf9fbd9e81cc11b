import { syncSubject, sourceName, liftWait } from './store/clicks.ts';
import { requestOwner } from './store/requests.ts';
import { cancelRequest } from './cancel.ts';
import type { Act, Click, NamedAct } from '#slack/clicks.ts';
import * as answers from '#slack/answers.ts';
import { parseClick, parseContact, parsePolicy } from '#slack/click-values.ts';
import { askForPolicy, request, type Started } from './slack.ts';
import { openContact } from './contact-slack.ts';
import type { Desk } from '#slack/desk.ts';
import { originOf } from '#slack/origin.ts';
import { policyPicker } from './pickers.ts';

const syncPolicy: Act = async (desk, click) => {
  const chosen = parsePolicy(click.value);
  if (chosen === undefined) return answers.stale();
  return askForPolicy(desk, {
    actor: click.actor,
    policyId: chosen.policy,
    origin: await originOf(desk, click.client, click.channel, click.body.user.id),
    dedupeKey: click.dedupeKey,
    triggerId: click.body.trigger_id,
    client: click.client,
  });
};

const syncContact: Act = async (desk, click) => {
  const chosen = parseContact(click.value);
  if (chosen === undefined) return answers.stale();
  return openContact(
    desk,
    {
      actor: click.actor,
      client: click.client,
      triggerId: click.body.trigger_id,
      origin: await originOf(desk, click.client, click.channel, click.body.user.id),
    },
    chosen.contact,
  );
};

const cancel: Act = async (desk, { actor, value }) => {
  const clicked = parseClick(value);
  if (clicked === undefined) return answers.stale();
  const outcome = await cancelRequest(desk, actor, clicked.request);
  if (outcome === 'refused') return answers.refusal('Only the person who asked can cancel this.');
  return outcome === 'too-late' ? answers.stale() : undefined;
};

/** A new request for the policy of an old card, through the same login or the one named. */
const startAgain = async (desk: Desk, click: Click): Promise<Started> => {
  const clicked = parseClick(click.value);
  if (clicked === undefined) return { answer: answers.stale() };
  const old = await syncSubject(desk.store, clicked.sync);
  if (old === undefined) return { answer: answers.notYours() };
  return request(
    desk,
    {
      actor: click.actor,
      policyId: old.policyId,
      origin: await originOf(desk, click.client, click.channel, click.body.user.id),
      dedupeKey: click.dedupeKey,
      client: click.client,
    },
    clicked.source ?? old.sourceId,
  );
};

/** Through the same login; where that one is gone, whichever there is now. */
const again: Act = async (desk, click) => {
  const old = await syncSubject(desk.store, parseClick(click.value)?.sync ?? '');
  if (old !== undefined && (await sourceName(desk.store, old.sourceId)) === undefined)
    return syncPolicy(desk, { ...click, value: JSON.stringify({ policy: old.policyId }) });
  return (await startAgain(desk, click)).answer;
};

/** The other login takes over: what waited for the first one waits no more. */
const useSource: Act = async (desk, click) => {
  const { answer, requestId } = await startAgain(desk, click);
  const old = parseClick(click.value)?.request;
  if (old !== undefined && requestId !== undefined && requestId !== old)
    await cancelRequest(desk, click.actor, old);
  return answer;
};

const runNow: Act = async (desk, { actor, value }) => {
  const clicked = parseClick(value);
  const owner = clicked && (await requestOwner(desk.store, clicked.request));
  if (clicked === undefined || owner?.personId !== actor.id)
    return answers.refusal('Only the person who asked can do this.');
  for (const sourceId of await liftWait(desk.store, clicked.request))
    await desk.wake(sourceId, 'force');
  await desk.show(clicked.request);
  return undefined;
};

const openPicker: Act = async (_desk, { client, body, channel }) => {
  await client.views.open({
    trigger_id: body.trigger_id,
    view: policyPicker({ origin: { askedIn: channel, channel } }),
  });
  return 'modal';
};

export const REQUEST_CLICKS: readonly NamedAct[] = [
  ['sync-policy', syncPolicy],
  ['sync-contact', syncContact],
  ['cancel', cancel],
  ['re-run', again],
  [/^use-source:/, useSource],
  ['run-now', runNow],
  ['open-policy-picker', openPicker],
];
