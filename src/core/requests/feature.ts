import type { Actor } from '#shared/access.ts';
import type { SlackDeps } from '#slack/deps.ts';
import type { Feature } from '#slack/feature.ts';
import { isCourtesy, readings, unquoted } from '#slack/command-text.ts';
import { originOf } from '#slack/origin.ts';
import { isName } from './contacts.ts';
import { REQUEST_CLICKS } from './card-clicks.ts';
import { contactSearched, searchContacts } from './contact-picker.ts';
import {
  contactCommand,
  contactPicked,
  nobodyFound,
  openFound,
  type Meetings,
} from './contact-slack.ts';
import { drawRequest } from './draw.ts';
import { policyPicked, searchPolicies, sourcePicked } from './picker-submissions.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import { beforeMeeting, meetingAtEnd } from './meeting-words.ts';
import { cancelOfEnded } from './store/ended-access.ts';
import { answerFound, policyCommand } from './slack.ts';

/** In one round of the sweep; the next takes the others. */
const MOST_CANCELLED = 100;

/** A number, and what is no part of one: words, a comma, an address. */
const AMONG_WORDS = /^(?=.*\p{Nd}(?:[^\p{L}\p{Nd}]*\p{Nd}){3}).*[^\p{L}\p{N}\p{Pd}._\\]/u;

/** Nothing where only a courtesy is typed, and nobody is called so. */
const soughtIn = async (deps: SlackDeps, actor: Actor, rest: string): Promise<string> =>
  isCourtesy(rest) && !(await isName(deps, actor, rest)) ? '' : unquoted(rest);

export const requests = (meetings: Meetings): Feature => ({
  commands: {
    policy: {
      help: [
        ['policy 00123-4567', 'by its number, or a part of it'],
        ['policy chen', 'by the name of the contact'],
        ['policy', 'search as you type'],
      ],
      outside: 'card',
      orPlainWords: true,
      run: async (deps, typed, rest) => {
        const query = await soughtIn(deps, typed.actor, rest);
        if (query === '') return policyCommand(deps, typed, query);
        const planned = beforeMeeting(rest);
        if (planned !== undefined && planned.query !== '')
          return meetings.command(deps, typed, planned);
        const found = await lookUpPolicy(deps, typed.actor, query);
        if (found.kind !== 'none') return answerFound(deps, typed, query, found);
        // "policy number 00123-4567", as it stands in a mail; or several of them; or when it is wanted.
        if (AMONG_WORDS.test(query)) return undefined;
        const bare = readings(query).at(-1) ?? query;
        const barely = bare === query ? found : await lookUpPolicy(deps, typed.actor, bare);
        const meeting = barely.kind === 'none' ? meetingAtEnd(deps, query) : undefined;
        return meeting === undefined
          ? answerFound(deps, typed, bare, barely)
          : meetings.command(deps, typed, meeting);
      },
    },
    contact: {
      help: [
        ['contact chen', 'all policies of a contact, to choose from'],
        ['contact chen before friday 3pm', 'refreshed in time, on one card before you meet'],
      ],
      outside: 'card',
      run: async (deps, typed, rest) => {
        const planned = beforeMeeting(rest);
        if (planned !== undefined) return meetings.command(deps, typed, planned);
        const origin = originOf(deps, typed.channel, typed.slackId, typed.thread);
        const ask = { ...typed, origin };
        const query = await soughtIn(deps, typed.actor, rest);
        if (query === '') return contactCommand(deps, ask, query);
        const opened = await openFound(deps, ask, query);
        if (opened !== undefined) return opened;
        const meeting = meetingAtEnd(deps, query);
        return meeting === undefined
          ? nobodyFound(deps, typed.actor, query)
          : meetings.command(deps, typed, meeting);
      },
    },
  },
  subjects: { request: drawRequest },
  sweep: ({ store, show }) => [
    {
      name: 'requests of people who have left',
      run: async () => {
        for (const id of await cancelOfEnded(store, MOST_CANCELLED)) await show(id);
      },
    },
  ],
  clicks: REQUEST_CLICKS,
  submissions: [policyPicked, sourcePicked, contactSearched, contactPicked(meetings.plan)],
  searches: { 'policy-search': searchPolicies, 'contact-search': searchContacts },
});
