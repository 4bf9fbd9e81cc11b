import type { Feature } from '#slack/feature.ts';
import { originOf } from '#slack/origin.ts';
import { REQUEST_CLICKS } from './card-clicks.ts';
import { listenToContactPicker } from './contact-picker.ts';
import { contactCommand, listenToContact } from './contact-slack.ts';
import { listenToSubmissions } from './picker-submissions.ts';
import { policyCommand } from './slack.ts';

export const requests: Feature = {
  commands: {
    policy: (desk, typed, { query }) => policyCommand(desk, typed, query),
    contact: async (desk, typed, { query }) => {
      const origin = await originOf(desk, typed.client, typed.channel, typed.user);
      return contactCommand(desk, { ...typed, origin }, query);
    },
  },
  clicks: REQUEST_CLICKS,
  listen: [listenToSubmissions, listenToContact, listenToContactPicker],
};
