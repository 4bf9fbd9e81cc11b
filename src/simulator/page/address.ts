/** Which person, where and which thread: kept in the page's URL, so that a view can be sent on. */
export interface Address {
  as: string;
  /** A channel's id, or HOME. */
  in: string;
  thread?: string;
}

/** The bot's Home tab instead of a channel. */
export const HOME = 'home';
/** Outside Slack: what the firm's people sign in with, and the phone where their codes arrive. */
export { LOGINS, PHONE } from '../first-steps.ts';

export const parseAddress = (search: string): Partial<Address> => {
  const query = new URLSearchParams(search);
  const pick = (name: string): string | undefined => query.get(name) || undefined;
  const [as, inside, thread] = [pick('as'), pick('in'), pick('thread')];
  return {
    ...(as !== undefined && { as }),
    ...(inside !== undefined && { in: inside }),
    ...(thread !== undefined && { thread }),
  };
};

export const formatAddress = (address: Address): string => {
  const query = new URLSearchParams({ as: address.as, in: address.in });
  if (address.thread !== undefined) query.set('thread', address.thread);
  return `?${query.toString()}`;
};
