import { key, oneOf } from '#shared/setting.ts';

export const policySettings = {
  books: key({
    env: 'BOOKS',
    doc: 'Whether advisors see and sync their own book only, or the whole firm.',
    schema: oneOf(['own', 'open']),
    default: 'own',
    example: 'open',
  }),
};
