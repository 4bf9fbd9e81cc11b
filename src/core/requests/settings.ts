import { key, wholeNumber } from '#shared/setting.ts';

export const requestSettings = {
  mostForced: key({
    env: 'SYNCS_PER_PERSON',
    doc: 'Syncs that one person may have waiting or running at a time.',
    schema: wholeNumber(1, 10_000),
    default: '100',
    example: '200',
  }),
};
