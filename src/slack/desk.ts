import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { MoveRule } from '#features/digest/movement.ts';
import type { Secret } from '#shared/secret.ts';
import type {
  ChannelChosen,
  CodeAskedAgain,
  CodeStanding,
  CodeSubmitted,
  OtherCode,
} from '#core/sign-in/sign-in.ts';
import type { Confirmed, Issued, Pairing } from '#core/sign-in/link.ts';
import type { CancelStore } from '#core/requests/cancel.ts';
import type { DigestStore } from '#features/digest/digest.ts';
import type { OperatorDeps } from '#features/carrier-pauses/pauses.ts';
import type { HeldStore } from '#features/unconfirmed-values/decide.ts';
import type { HoldStore } from '#features/holds/hold.ts';
import type { LoginSourceStore } from '#core/logins/login-sources.ts';
import type { ClickStore } from '#core/requests/clicks.ts';
import type { CorrectionStore } from '#features/corrections/correct.ts';
import type { HomeStore } from '#features/home/home.ts';
import type { MeetingStore } from '#features/meetings/meeting.ts';
import type { ReachStore } from '#features/meetings/reach.ts';
import type { MessageStore } from './sent-messages.ts';
import type { Members } from './members.ts';
import type { PeopleStore } from '#features/team/people.ts';
import type { StatusStore } from '#features/my-status/my-status.ts';
import type { TeamStore } from '#features/team/team.ts';
import type { ViewStore } from '#core/requests/view.ts';
import type { WorkflowStepStore } from '#features/workflow-step/workflow-step.ts';
import type { ReportStore } from '#core/policies/report.ts';
import type { CaseStore } from '#features/support-cases/support-case.ts';
import type { RequestDeps } from '#core/requests/request.ts';
import type { ContactFinder, NumbersFinder } from '#core/policies/policies.ts';
import type { HistoryStore } from '#core/policies/history.ts';
import type { PictureLinks } from '#web/picture-links.ts';

/** What the Slack surfaces need: the verbs' own needs, and a few settings. */
export interface Desk extends RequestDeps {
  store: RequestDeps['store'] &
    ContactFinder &
    LoginSourceStore &
    HoldStore &
    StatusStore &
    TeamStore &
    ViewStore &
    NumbersFinder &
    CancelStore &
    MeetingStore &
    ReachStore &
    PeopleStore &
    Pick<MessageStore, 'firstSight' | 'sentMessages'> &
    ClickStore &
    Pick<WorkflowStepStore, 'addStep'> &
    CorrectionStore &
    HeldStore &
    OperatorDeps['store'] &
    ReportStore &
    HistoryStore &
    HomeStore &
    DigestStore &
    CaseStore;
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
