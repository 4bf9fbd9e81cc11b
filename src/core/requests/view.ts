import type { Reason, SyncStatus, PauseReason } from '#shared/outcome.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Actor } from '#shared/access.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { UnconfirmedValue } from '#core/policies/unconfirmed-values.ts';

/** Everything that the messages of one request say; they are a pure function of it. */
export interface RequestView {
  id: string;
  version: number;
  personSlackId: string;
  personName: string;
  /** Whoever asked, with what they are in the firm now. */
  asker: Actor;
  /** Channel or person id the card goes to. */
  channel: string;
  /** Of the thread that the card is a reply in. */
  threadTs: string | null;
  channelNote: string | null;
  /** Of a request for a whole contact. */
  contact: { id: string; name: string } | null;
  createdAt: number;
  /** When the login it waited for was linked, epoch ms. */
  linked: { at: number; name: string } | null;
  /** Pauses of carriers that it waited for, oldest first. */
  endedPauses: EndedPause[];
  /** What was brought to support from here, oldest first. */
  cases: CaseNote[];
  items: ItemView[];
}

/** Why the carrier is not asked now. */
export interface CarrierPause {
  reason: PauseReason;
  /** Who paused it by hand. */
  by?: string;
}

/** A pause that something of this request waited for, and that is over. */
export interface EndedPause {
  id: string;
  carrierName: string;
  reason: PauseReason;
}

export interface ItemView {
  syncId: string;
  policy: PolicyBrief;
  source: {
    id: string;
    name: string;
    linked: boolean;
    holderName: string;
    /** Whoever has left can't be asked. */
    holderLeft?: boolean;
    holderSlackId: string | null;
    /** Whether this person may link it. */
    mayLink: boolean;
  };
  /** Another linked source of the carrier that this person may use instead. */
  otherLinked: { id: string; name: string }[];
  status: SyncStatus;
  reason: Reason;
  detail: SyncDetail;
  /** When its login or carrier may be tried again, epoch ms; 0 when nothing keeps it waiting. */
  notBefore: number;
  /** 1 is next; only while queued. */
  position: number;
  /** Seconds one policy took of late at this carrier. */
  secondsPerPolicy: number;
  finishedAt: number | null;
  /** The sign-in that waits for a code, where one does. */
  codeFor?: string;
  /** Nothing is sent before a way to get it is chosen, where the carrier offers several. */
  codeStep?: CodeStep;
  /** Who took it off the queue. */
  cancelledBy?: string;
  /** Its carrier is paused, and it waits for that to end. */
  pause?: CarrierPause;
  /** What it read and nobody believed yet, as that stands now. */
  held?: UnconfirmedValue;
  /** Where it ended in a way that a person resolves. */
  guide?: GuideView;
  /** Whoever asked may not see the policy now, so what was read of it and its number are left out. */
  withheld?: Withheld;
  /** Somebody else, or the background, asked for it as well. */
  shared: boolean;
}

export interface Withheld {
  /** Of whoever asked. */
  from: string;
  /** Their access has ended, the policy is not in their book, or they named its number too long ago. */
  why: 'access-ended' | 'not-in-book' | 'not-named';
}

export type CodeStep = 'choose-way' | 'enter';

/** What a guide knows beside the sync itself. */
export interface GuideView {
  /** Those of the detail, in its order; `taken` ones are another policy of the firm. */
  closeNumbers: { number: string; taken: boolean }[];
  /** The CRM's status that is the carrier's word. */
  namedStatus?: string;
  /** What a person changed here since the sync ended, last. */
  statusEdit?: Edit;
  numberEdit?: Edit;
  /** Where the card is that shows the corrected number, once somebody asked for its sync. */
  correctedCardIn?: string;
  /** Logins this person may use that may see the policy. */
  otherLogins: { id: string; name: string; linked: boolean }[];
}

/** Of a case, what the thread it came from shows. */
export interface CaseNote {
  id: string;
  number: number;
  syncId: string;
  askedBy: string;
  /** Whom an answer calls: a case may be opened by somebody else than who asked for the sync. */
  askerSlackId: string | null;
  closedBy: string | null;
  /** `byAsker`: whoever asked answers support back. */
  replies: { id: string; by: string; text: string; byAsker: boolean }[];
}

export interface Edit {
  from: string;
  to: string;
  by: string;
  /** Epoch ms */
  at: number;
  /** A webhook tells the CRM of it; without one, a person does. */
  crmTold: boolean;
}
