import type { Store } from '#database/store.ts';
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { MoveRule } from '#features/digest/movement.ts';
import type { Secret } from '#shared/secret.ts';
import type {
  ChannelChosen,
  CodeAskedAgain,
  CodeStanding,
  CodeSubmitted,
} from '#core/sign-in/sign-in.ts';
import type { Confirmed, Issued, Pairing } from '#core/sign-in/link.ts';
import type { Members } from './members.ts';
import type { RequestDeps } from '#core/requests/request.ts';
import type { PictureLinks } from '#web/picture-links.ts';
import type { OtherCode } from '#core/sign-in/store/sign-ins.ts';

/** What the Slack surfaces need: the verbs' own needs, and a few settings. */
export interface Desk extends RequestDeps {
  store: Store;
  links: {
    issue: (intent: { personId: string; sourceId: string; requestId?: string }) => Promise<Issued>;
    pairings: (personId: string) => Promise<Pairing[]>;
    confirm: (personId: string, linkId: string, number: string) => Promise<Confirmed>;
  };
  /** Where cases go; without one, people are told whom to ask. */
  supportChannel: string | undefined;
  /** What a digest holds to be a movement that matters, and whose days it counts. */
  digest: { rule: MoveRule; zone: string };
  codes: {
    standing: (personId: string, signInId: string) => Promise<CodeStanding>;
    submit: (personId: string, signInId: string, code: Secret) => Promise<CodeSubmitted>;
    sendAgain: (personId: string, signInId: string, to: OtherCode) => Promise<CodeAskedAgain>;
    choose: (personId: string, signInId: string, channel: string) => Promise<ChannelChosen>;
  };
  /** A login source changed: whoever waits for it is shown so. */
  changed: (sourceId: string) => Promise<void>;
  pictures: PictureLinks;
  members: Members;
  clock: () => number;
  /** The team served; with a single token Bolt ignores who else writes. */
  teamId: string;
  settings: DeskSettings;
  log: (problem: string, error?: unknown) => void;
}

export interface DeskSettings {
  /** "/sync" */
  command: string;
  threads: 'channel' | 'dm';
  /** Address of the link page as browsers reach it; without it Link is not offered. */
  publicUrl: string | undefined;
}

export type SlackApp = App;
export type SlackClient = WebClient;
