import { channelId, key, timeOfDay, wholeNumber } from '#shared/setting.ts';

export const digestSettings = {
  digestChannel: key({
    env: 'DIGEST_CHANNEL',
    doc: 'Id of the channel that reads the digest each business day; without one there is none.',
    schema: channelId.optional(),
    example: 'C0123456789',
  }),
  digestAt: key({
    env: 'DIGEST_AT',
    doc: "When the digest is posted, by the firm's clock.",
    schema: timeOfDay,
    default: '07:30',
    example: '08:15',
  }),
  digestMovePercent: key({
    env: 'DIGEST_MOVE_PERCENT',
    doc: 'The digest names an account value that moved by so many percent, and by the amount below.',
    schema: wholeNumber(0, 1000),
    default: '5',
    example: '3',
  }),
  digestMoveAmount: key({
    env: 'DIGEST_MOVE_AMOUNT',
    doc: 'Whole units of money, such as dollars, by which it must have moved as well.',
    schema: wholeNumber(0, 1_000_000_000),
    default: '10000',
    example: '25000',
  }),
};
