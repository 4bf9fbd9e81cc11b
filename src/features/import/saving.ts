import type { FileKind } from './file-kinds.ts';
import type { Fault } from './problem.ts';
import type {
  ContactLine,
  PersonLine,
  PolicyLine,
  SourceLine,
  StatusLine,
  WordLine,
} from './line.ts';

/**
 * What became of one line; `kept` says where a newer change made here stands against it, or why it
 * was refused.
 */
export interface SavedLine {
  saved: 'added' | 'changed' | 'unchanged' | 'refused';
  kept?: readonly Fault[];
}

/** Somebody who has an account of Slack. */
export interface SlackOwner {
  name: string;
  email: string | null;
}

/** Each `save` takes one chunk, writes it whole in one transaction, and answers row by row. */
export interface ImportStore {
  /** Epoch ms, as its writes are dated. */
  now: () => number;
  saveCarriers: (carriers: readonly ImportCarrier[]) => Promise<void>;
  /** E-mails of all people, the deactivated too. */
  people: () => Promise<string[]>;
  /** Whose these Slack member ids are. */
  slackUsers: (ids: readonly string[]) => Promise<Map<string, SlackOwner>>;
  statuses: () => Promise<string[]>;
  /** Which of these contacts there are. */
  contacts: (externalIds: readonly string[]) => Promise<Set<string>>;
  /** The policies that have one of these numbers at that carrier. */
  numbers: (
    keys: readonly { carrier: string; key: string }[],
  ) => Promise<{ carrier: string; key: string; externalId: string }[]>;
  /** The carrier of each of these sources that exists. */
  sourceCarriers: (externalIds: readonly string[]) => Promise<Map<string, string>>;
  saveStatuses: (rows: readonly StatusLine[]) => Promise<SavedLine[]>;
  saveWords: (rows: readonly WordLine[]) => Promise<SavedLine[]>;
  savePeople: (rows: readonly PersonLine[]) => Promise<SavedLine[]>;
  saveContacts: (rows: readonly ContactLine[]) => Promise<SavedLine[]>;
  saveSources: (rows: readonly SourceLine[]) => Promise<SavedLine[]>;
  savePolicies: (rows: readonly PolicyLine[]) => Promise<SavedLine[]>;
  /** Writes the audit record of an import that changed something. */
  record: (counts: readonly FileCount[]) => Promise<void>;
}

export interface ImportCarrier {
  id: string;
  name: string;
}

export interface FileCount {
  file: string;
  kind: FileKind | undefined;
  added: number;
  changed: number;
  unchanged: number;
  refused: number;
  /** Lines against which a newer change made here stands. */
  kept: number;
}
