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
