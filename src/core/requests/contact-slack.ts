import type { View } from '@slack/types';
import type { Actor } from '#shared/access.ts';
import type { SheetRequested } from './policy-sheet.ts';
import { contactSheet, lookUpContact, requestContact } from './contacts.ts';
import * as answers from '#slack/answers.ts';
import type { Answer, Asked } from '#slack/answers.ts';
import { actions, bold, context, cut, escape, section } from '#slack/blocks.ts';
import { parsePicker } from '#slack/click-values.ts';
import { CONTACT_PICKER, contactModal } from './contact-modal.ts';
import { contactPicker } from './contact-picker.ts';
import type { Desk, SlackApp, SlackClient } from '#slack/desk.ts';
import { openLink } from '#core/sign-in/link-slack.ts';
import { planMeetingWith } from '#features/meetings/slack.ts';
import { originOf, type Origin } from '#slack/origin.ts';
import { whoIs } from '#slack/who.ts';
import { sayingModal } from '#slack/saying-modal.ts';
import type { ContactBrief } from '#core/policies/policies.ts';

const tellApart = (contact: ContactBrief): string =>
  [
    ...(contact.birthYear === null ? [] : [`born ${contact.birthYear}`]),
    ...(contact.city === null ? [] : [escape(contact.city)]),
    `${contact.policies} ${contact.policies === 1 ? 'policy' : 'policies'}`,
  ].join(' · ');

const several = (query: string, contacts: readonly ContactBrief[], more: boolean): Answer => ({
  text: `${contacts.length}${more ? ' or more' : ''} contacts match. Choose one.`,
  blocks: [
    section(
      `${more ? 'Many' : contacts.length} contacts match \`${escape(cut(query, 60)).replaceAll('`', "'")}\`. Which one?`,
    ),
    ...contacts.flatMap((contact, index) => [
      section(`${bold(contact.name)}\n${tellApart(contact)}`),
      ...actions(`contact-${index}`, [
        {
          text: `Sync ${cut(contact.name, 60)}`,
          action: 'sync-contact',
          value: JSON.stringify({ contact: contact.id }),
        },
      ]),
    ]),
    ...(more ? [context('There are more: type more of the name.')] : []),
  ],
});

export interface ContactAsk {
  actor: Actor;
  client: SlackClient;
  triggerId: string;
  origin: Origin;
}

/** Opens the contact's policies; the modal is the answer. */
export const openContact = async (
  desk: Desk,
  ask: ContactAsk,
  contactId: string,
): Promise<Asked> => {
  const sheet = await contactSheet(desk, ask.actor, contactId);
  if (sheet === 'refused') return answers.notYours();
  await ask.client.views.open({
    trigger_id: ask.triggerId,
    view: contactModal({ origin: ask.origin, contact: contactId }, sheet, desk.clock()),
  });
  return 'modal';
};

export const contactCommand = async (
  desk: Desk,
  ask: ContactAsk,
  query: string,
): Promise<Asked> => {
  if (query === '') {
    await ask.client.views.open({
      trigger_id: ask.triggerId,
      view: contactPicker({ origin: ask.origin }),
    });
    return 'modal';
  }
  const found = await lookUpContact(desk, ask.actor, query);
  switch (found.kind) {
    case 'none':
      return answers.noContact(query);
    case 'several':
      return several(query, found.contacts, found.more);
    case 'one':
      return openContact(desk, ask, found.contact.id);
  }
};

type Values = Record<
  string,
  Record<
    string,
    {
      selected_option?: { value: string } | null | undefined;
      selected_options?: readonly { value: string }[] | null | undefined;
    }
  >
>;

/** What is ticked, and the login chosen for each carrier. */
export const chosenIn = (
  values: Values,
): { policyIds: string[]; sources: Record<string, string> } => {
  const policyIds: string[] = [];
  const sources: Record<string, string> = {};
  for (const [block, elements] of Object.entries(values)) {
    const carrier = /^source:(.+)$/.exec(block)?.[1];
    const source = elements['source']?.selected_option?.value;
    if (carrier !== undefined && source !== undefined) sources[carrier] = source;
    for (const { value } of elements['policies']?.selected_options ?? []) policyIds.push(value);
  }
  return { policyIds, sources };
};

/** Why nothing was asked for, for the modal, which knows no markup. */
export const whyNotAsked = (
  desk: Desk,
  outcome: Exclude<SheetRequested, { kind: 'requested' }>,
): string =>
  outcome.kind === 'nothing'
    ? 'None of these can be synced.'
    : answers.limitReached(outcome, desk.settings.command).text.replaceAll('`', '');

/** The Link step that a submitted modal goes on with, where a login of it is unlinked. */
export const linkFirst = async (
  desk: Desk,
  personId: string,
  { requestId, unlinked: [source] }: Extract<SheetRequested, { kind: 'requested' }>,
  viewId: string,
): Promise<View | undefined> =>
  source === undefined ? undefined : openLink(desk, personId, source, requestId, viewId);

export const listenToContact = (app: SlackApp, desk: Desk): void => {
  app.view(CONTACT_PICKER, async ({ ack, body, view, client }) => {
    const state = parsePicker(view.private_metadata);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    const firstBox = view.blocks.find(({ block_id }) =>
      block_id?.startsWith('policies:'),
    )?.block_id;
    const error = (text: string) =>
      ack({ response_action: 'errors', errors: { [firstBox ?? 'policies']: text } });
    if (who.kind === 'refused') return error(who.why);
    if (state?.contact === undefined) return error('This window is too old. Ask again.');
    const meetingAt = view.state.values['meeting']?.['meeting-at']?.selected_date_time;
    if (meetingAt != null) {
      const asker = { actor: who.person, client, slackId: body.user.id };
      const planned = await planMeetingWith(desk, asker, {
        contact: state.contact,
        at: meetingAt * 1000,
      });
      return planned.done
        ? ack({ response_action: 'update', view: sayingModal(...planned.answer.blocks) })
        : ack(answers.asError('meeting', planned.answer));
    }
    const { policyIds, sources } = chosenIn(view.state.values);
    if (policyIds.length === 0) return error('Tick at least one policy.');
    const origin = await originOf(desk, client, state.origin.askedIn, body.user.id);
    const outcome = await requestContact(desk, who.person, {
      contactId: state.contact,
      policyIds,
      sources,
      origin,
      dedupeKey: `view:${view.id}`,
    });
    if (outcome.kind === 'refused') return error('That contact is not in your book.');
    if (outcome.kind !== 'requested') return error(whyNotAsked(desk, outcome));
    const link = await linkFirst(desk, who.person.id, outcome, view.id);
    if (link !== undefined) return ack({ response_action: 'update', view: link });
    await ack();
  });
};
