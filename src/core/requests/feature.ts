import type { Feature } from '#slack/feature.ts';
import { unquoted } from '#slack/command-text.ts';
import { originOf } from '#slack/origin.ts';
import { REQUEST_CLICKS } from './card-clicks.ts';
import { contactSearched, searchContacts } from './contact-picker.ts';
import { beforeMeeting, contactCommand, contactPicked, type Meetings } from './contact-slack.ts';
import { drawRequest } from './draw.ts';
import { policyPicked, searchPolicies, sourcePicked } from './picker-submissions.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import { policyCommand } from './slack.ts';

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
        const query = unquoted(rest);
        // "policy number 00123-4567", as it stands in a mail; or several of them.
        const isAmongWords = /\s/u.test(query) && /\p{Nd}(?:[^\p{L}]*\p{Nd}){3}/u.test(query);
        if (isAmongWords && (await lookUpPolicy(deps, typed.actor, query)).kind === 'none')
          return undefined;
        return policyCommand(deps, typed, query);
      },
    },
    contact: {
      help: [
        ['contact chen', 'all policies of a contact, to choose from'],
        ['contact chen before friday 3pm', 'refreshed in time, on one card before you meet'],
      ],
      outside: 'card',
      run: async (deps, typed, rest) => {
        const meeting = beforeMeeting(rest);
        if (meeting !== undefined) return meetings.command(deps, typed, meeting);
        const origin = originOf(deps, typed.channel, typed.slackId, typed.thread);
        return contactCommand(deps, { ...typed, origin }, rest);
      },
    },
  },
  subjects: { request: drawRequest },
  clicks: REQUEST_CLICKS,
  submissions: [policyPicked, sourcePicked, contactSearched, contactPicked(meetings.plan)],
  searches: { 'policy-search': searchPolicies, 'contact-search': searchContacts },
});
