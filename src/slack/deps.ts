import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Sealer } from '#database/sealed.ts';
import type { Store } from '#database/store.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import type { Show } from '#queue/messages.ts';
import type { Wake } from '#queue/sessions.ts';
import type { Clock } from '#shared/clock.ts';
import type { Random } from '#shared/secret.ts';
import type { Trace } from '#shared/trace.ts';
import type { Charts } from './charts.ts';
import type { Members } from './members.ts';
import type { PictureLinks } from './store/picture-links.ts';

/**
 * Tells a person in their direct messages what somebody did. `name`: what kind of it, "role". `once`: of
 * what; a second time nothing is told of it. Both texts are mrkdwn.
 */
export type Tell = (
  slackId: string,
  told: { name: string; once?: string; title: string; text: string },
) => Promise<void>;

/** The shells that what listens to Slack has at hand, and the firm's settings. */
export interface SlackDeps {
  store: Store;
  clock: Clock;
  random: Random;
  /** Wakes the session of a login. */
  wake: Wake;
  /** Brings the messages of a subject up to date. */
  show: Show;
  tell: Tell;
  /** A login source changed: whoever waits for it is shown so. */
  changed: (sourceId: string) => Promise<void>;
  sealer: Sealer;
  carrier: (id: string) => CarrierFacts | undefined;
  members: Members;
  /**
   * Posts answers and Homes. It tries nothing twice by itself: a post whose answer was lost stands
   * there already; and no other call waits where Slack limits one.
   */
  teller: WebClient;
  charts: Charts;
  /** Addresses under which a masked picture can be seen for a while, by who may still do this. */
  pictures: Pick<PictureLinks, 'issue'>;
  /** The team served; with a single token Bolt ignores who else writes. */
  teamId: string;
  openBooks: boolean;
  mostForced: number;
  /** Where cases go; without one, people are told whom to ask. */
  supportChannel: string | undefined;
  /** IANA name of the firm's zone. */
  zone: string;
  /** What a digest holds to be a movement that matters: so many percent, and so much in cents. */
  rule: { percent: number; minor: number };
  settings: {
    /** "/sync" */
    command: string;
    threads: 'channel' | 'dm';
    /** Address of the link page as browsers reach it; without it Link is not offered. */
    publicUrl: string | undefined;
  };
  log: (problem: string, error?: unknown) => void;
  /** Told where a request begins; nothing where nobody asks. */
  trace?: Trace | undefined;
}

export type SlackApp = App;
export type SlackClient = WebClient;
