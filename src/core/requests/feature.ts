import type { Feature } from '#slack/feature.ts';
import { originOf } from '#slack/origin.ts';
import { REQUEST_CLICKS } from './card-clicks.ts';
import { contactSearched, searchContacts } from './contact-picker.ts';
import { contactCommand, contactPicked, type PlanMeeting } from './contact-slack.ts';
import { drawRequest } from './draw.ts';
import { policyPicked, searchPolicies, sourcePicked } from './picker-submissions.ts';
import { policyCommand } from './slack.ts';

export const requests = (planMeeting: PlanMeeting): Feature => ({
  commands: {
    policy: (deps, typed, { query }) => policyCommand(deps, typed, query),
    contact: async (deps, typed, { query }) => {
      const origin = await originOf(deps, typed.client, typed.channel, typed.slackId);
      return contactCommand(deps, { ...typed, origin }, query);
    },
  },
  subjects: { request: drawRequest },
  clicks: REQUEST_CLICKS,
  submissions: [policyPicked, sourcePicked, contactSearched, contactPicked(planMeeting)],
  searches: { 'policy-search': searchPolicies, 'contact-search': searchContacts },
});
