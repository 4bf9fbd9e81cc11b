import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { MoveRule } from '#domain/movement.ts';
import type { Secret } from '#domain/secret.ts';
import type {
  ChannelChosen,
  CodeAskedAgain,
  CodeStanding,
  CodeSubmitted,
  OtherCode,
} from '#sync/sign-in.ts';
import type { Confirmed, Issued, Pairing } from '#sync/link.ts';
import type { CancelStore } from '#sync/cancel.ts';
import type { ContactFinder } from '#sync/contacts.ts';
import type { DigestStore } from '#sync/digest.ts';
import type { OperatorDeps } from '#sync/breakage.ts';
import type { HeldStore } from '#sync/held.ts';
import type { HoldStore } from '#sync/hold.ts';
import type { LoginSourceStore } from '#sync/login-sources.ts';
import type { ClickStore } from '#sync/clicks.ts';
import type { CorrectionStore } from '#sync/correct.ts';
import type { HistoryStore } from '#sync/history.ts';
import type { HomeStore } from '#sync/home.ts';
import type { NumbersFinder } from '#sync/message-policies.ts';
import type { MeetingStore } from '#sync/meeting.ts';
import type { ReachStore } from '#sync/meeting-reach.ts';
import type { MessageStore } from '#sync/messages.ts';
import type { Members } from './members.ts';
import type { PictureLinks } from '#sync/picture.ts';
import type { PeopleStore } from '#sync/people.ts';
import type { StatusStore } from '#sync/status.ts';
import type { TeamStore } from '#sync/team.ts';
import type { ViewStore } from '#sync/view.ts';
import type { WorkflowStepStore } from '#sync/workflow-step.ts';
import type { ReportStore } from '#sync/report.ts';
import type { CaseStore } from '#sync/support-case.ts';
import type { RequestDeps } from '#sync/request.ts';

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
