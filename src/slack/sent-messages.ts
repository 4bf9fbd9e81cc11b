/** What Slack is known to show of a request, one row for each message of it. */
export interface SentMessage {
  key: string;
  /** The channel that Slack answered with (a D-id for a person). */
  channel: string;
  ts: string | null;
  contentHash: string | null;
  /** A post that was begun and not answered: look before posting again. */
  sendingAt: number | null;
  postedAt: number | null;
}

/** What was sent of each subject: a request, a case, a sign-in that asks for a code. */
export interface MessageLog {
  sentMessages: (subjectId: string) => Promise<SentMessage[]>;
  /** Written before a post, so that a crash in between is known. */
  beginMessage: (subjectId: string, key: string, channel: string) => Promise<void>;
  recordMessage: (
    subjectId: string,
    message: { key: string; channel: string; ts: string; contentHash: string },
  ) => Promise<void>;
  /** Slack says the message is gone; the next pass posts it anew. */
  forgetMessage: (subjectId: string, key: string) => Promise<void>;
}

export interface MessageStore extends MessageLog {
  /** Slack shows this version, unless a newer one came meanwhile. */
  markShown: (requestId: string, version: number) => Promise<void>;
  /** The card could not be posted there: it goes to the person instead, with the reason. */
  redirect: (requestId: string, channel: string, note: string) => Promise<void>;
  /** Requests whose cards still move. */
  liveRequests: () => Promise<number>;
  /** The first sight of this event: false when it was handled before. */
  firstSight: (key: string) => Promise<boolean>;
}
