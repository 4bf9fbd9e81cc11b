/** What a click on an old card is looked up with. */
export interface ClickStore {
  /** Lifts the wait of a request's syncs that rest until later; the sources to wake. */
  liftWait: (requestId: string) => Promise<readonly string[]>;
  syncSubject: (syncId: string) => Promise<{ policyId: string; sourceId: string } | undefined>;
  sourceName: (sourceId: string) => Promise<{ id: string; name: string } | undefined>;
}
