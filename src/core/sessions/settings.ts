import { key, wholeNumber } from '#shared/setting.ts';

export const sessionSettings = {
  breakageFailures: key({
    env: 'BREAKAGE_FAILURES',
    doc: 'So many pages that are not understood, at one carrier, pause it; those of sign-ins count.',
    schema: wholeNumber(1, 1000),
    default: '5',
    example: '10',
  }),
  breakagePolicies: key({
    env: 'BREAKAGE_POLICIES',
    doc: 'Of so many policies or logins at least: one odd policy is no broken adapter.',
    schema: wholeNumber(1, 1000),
    default: '2',
    example: '3',
  }),
  breakageMinutes: key({
    env: 'BREAKAGE_MINUTES',
    doc: 'Within so many minutes.',
    schema: wholeNumber(1, 1440),
    default: '30',
    example: '60',
  }),
};
