import * as requestAnswers from './answers.ts';
import type { View } from '@slack/types';
import type { Actor } from '#shared/access.ts';
import type { SheetRequested } from './policy-sheet.ts';
import { contactSheet, isMostlyNumber, lookUpWhom, requestContact } from './contacts.ts';
import type { TypedMeeting } from './meeting-words.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import { viewKey } from '#slack/act-keys.ts';
import * as answers from '#slack/answers.ts';
import type { Answer, Asked } from '#slack/answers.ts';
import { actions, bold, context, cut, escape, name, policies, section } from '#slack/blocks.ts';
import { parsePicker } from './click-values.ts';
import { CONTACT_PICKER, contactModal } from './contact-modal.ts';
import { contactPicker } from './contact-picker.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import { openLink } from '#core/sign-in/link-slack.ts';
import { submission, type By, type Submission, type Submitted } from '#slack/listen.ts';
import { originOf, type Origin } from '#slack/origin.ts';
import type { ContactBrief } from '#core/policies/policies.ts';
import { sayingModal } from '#slack/modals.ts';
import { fillModal, openOrOffer } from '#slack/open-modal.ts';
import { permalinkOf } from './slack.ts';
import { spoken } from '#slack/spoken.ts';

const tellApart = (contact: ContactBrief): string =>
  [
    ...(contact.birthYear === null ? [] : [`born ${contact.birthYear}`]),
    ...(contact.city === null ? [] : [escape(contact.city)]),
    `${contact.policies} ${contact.policies === 1 ? 'policy' : 'policies'}`,
  ].join(' · ');

const several = (query: string, contacts: readonly ContactBrief[], more: boolean): Answer =>
  spoken([
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
    ...(more
      ? [
          context(
            'There are more: type more of the name, the e-mail address, or the number of a policy. Or search, which offers more of one name.',
          ),
          ...actions('more-contacts', [
            { text: 'Search for a contact', action: 'open-contact-picker', value: 'open' },
          ]),
        ]
      : []),
  ]);

export interface ContactAsk {
  actor: Actor;
  client: SlackClient;
  triggerId: string | undefined;
  origin: Origin;
}

/** Opens the contact's policies; the modal is the answer. */
export const openContact = async (
  deps: SlackDeps,
  ask: ContactAsk,
  contactId: string,
): Promise<Asked> => {
  const sheet = await contactSheet(deps, ask.actor, contactId);
  if (sheet === 'refused') return answers.notYours();
  const { name: whose, policies: count } = sheet.contact;
  return openOrOffer(
    deps,
    ask,
    contactModal({ origin: ask.origin, contact: contactId }, sheet, deps.clock()),
    {
      text: 'Choose policies',
      action: 'sync-contact',
      value: JSON.stringify({ contact: contactId }),
    },
    `${bold(whose)} has ${policies(count)}. Which ones?`,
  );
};

export const contactCommand = async (
  deps: SlackDeps,
  ask: ContactAsk,
  query: string,
): Promise<Asked> => {
  if (query === '')
    return openOrOffer(
      deps,
      ask,
      contactPicker({ origin: ask.origin }),
      { text: 'Search for a contact', action: 'open-contact-picker', value: 'open' },
      'Search your book for the contact, or type the name here.',
    );
  return (await openFound(deps, ask, query)) ?? nobodyFound(deps, ask.actor, query);
};

/** What is found of what was typed; undefined where nobody is. */
export const openFound = async (
  deps: SlackDeps,
  ask: ContactAsk,
  query: string,
): Promise<Asked | undefined> => {
  const found = await lookUpWhom(deps, ask.actor, query);
  switch (found.kind) {
    case 'none':
      return undefined;
    case 'several':
      return several(query, found.contacts, found.more);
    case 'one':
      return openContact(deps, ask, found.contact.id);
  }
};

/** A number is said to be none, with those it may be; a name with how to look for it. */
export const nobodyFound = async (
  deps: SlackDeps,
  actor: Actor,
  query: string,
): Promise<Answer> => {
  if (!isMostlyNumber(query)) return requestAnswers.noContact(query);
  const found = await lookUpPolicy(deps, actor, query);
  return requestAnswers.noMatch(
    query,
    found.kind === 'none' ? found.close : [],
    deps.settings.command,
  );
};

/** What is ticked, and the login chosen for each carrier. */
export const chosenIn = (
  values: Submission['values'],
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

/** Why nothing was asked for. */
export const whyNotAsked = (
  deps: SlackDeps,
  outcome: Exclude<SheetRequested, { kind: 'requested' }>,
): Answer => {
  switch (outcome.kind) {
    case 'nothing':
      return answers.say('None of these can be synced.');
    case 'login-gone':
      return answers.say(
        `The login you chose for ${name(outcome.carrier)} is gone, or no longer shared with you. Close this window and open it again: it offers those that are left.`,
      );
    case 'limit-reached':
      return requestAnswers.limitReached(outcome, deps.settings.command);
  }
};

/** The Link step that a submitted modal goes on with, where a login of it is unlinked. */
export const linkFirst = async (
  deps: SlackDeps,
  personId: string,
  { requestId, unlinked: [source] }: Extract<SheetRequested, { kind: 'requested' }>,
  viewId: string,
): Promise<View | undefined> =>
  source === undefined ? undefined : openLink(deps, personId, source, requestId, viewId);

/** Nothing new comes in Slack then: the window says so, and where the thread is once Slack has told. */
export const syncingAlready = (
  deps: Pick<SlackDeps, 'store' | 'log'>,
  { client, viewId }: Pick<Submission, 'client' | 'viewId'>,
  { requestId, policies: many }: Extract<SheetRequested, { kind: 'requested' }>,
): Submitted => {
  const text =
    many === 1
      ? 'It is syncing already: you asked for it before.'
      : 'These are syncing already: you asked for them before.';
  return {
    view: sayingModal(section(text)),
    after: async () => {
      const permalink = await permalinkOf(deps, client, requestId);
      if (permalink === undefined) return;
      const view = sayingModal(section(`${text} <${permalink}|See the thread>.`));
      await fillModal(client, viewId, view);
    },
  };
};

const refuse = (text: string): Submitted => ({ error: { answer: answers.say(text) } });

/** Errors go beneath the first of the boxes, whichever carriers there are. */
export const firstBlock =
  (named: RegExp) =>
  ({ blocks }: { blocks: readonly { block_id?: string }[] }): string =>
    blocks.find(({ block_id }) => named.test(block_id ?? ''))?.block_id ?? 'policies';

/** A contact is also refreshed before a meeting; who prepares one is handed in. */
export interface Meetings {
  command: (deps: SlackDeps, by: By, typed: TypedMeeting) => Promise<Answer>;
  /** From the modal, which asks for one too. */
  plan: (deps: SlackDeps, by: By, wanted: { contact: string; at: number }) => Promise<Submitted>;
}

export const contactPicked = (planMeeting: Meetings['plan']) =>
  submission(
    CONTACT_PICKER,
    firstBlock(/^policies:/),
    parsePicker,
    async (deps, submitted, { contact, origin: { askedIn, thread } }) => {
      const { actor, slackId, viewId, field, values } = submitted;
      if (contact === undefined) return { error: { answer: answers.tooOld() } };
      const meetingAt = field('meeting', 'meeting-at').selected_date_time;
      if (meetingAt != null) return planMeeting(deps, submitted, { contact, at: meetingAt * 1000 });
      const { policyIds, sources } = chosenIn(values);
      if (policyIds.length === 0) return refuse('Tick at least one policy.');
      const outcome = await requestContact(deps, actor, {
        contactId: contact,
        policyIds,
        sources,
        origin: originOf(deps, askedIn, slackId, thread),
        dedupeKey: viewKey(viewId),
      });
      if (outcome.kind === 'refused') return refuse('That contact is not in your book.');
      if (outcome.kind !== 'requested') return { error: { answer: whyNotAsked(deps, outcome) } };
      const view = await linkFirst(deps, actor.id, outcome, viewId);
      if (view !== undefined) return { view };
      return outcome.already ? syncingAlready(deps, submitted, outcome) : {};
    },
  );
