/** How a login source stands, for people: what needs them first. */
export type SourceStanding = 'unlinked' | 'ends-soon' | 'linked';

/** Long enough before the end to link again without a hurry. */
const SOON_MS = 60 * 60_000;

export interface LinkState {
  linked: boolean;
  /** Epoch ms; null when the carrier does not say. */
  linkEndsAt: number | null;
  /** The worker signs in again by itself. */
  automatic: boolean;
}

export const standingOfSource = (
  { linked, linkEndsAt, automatic }: LinkState,
  now: number,
): SourceStanding => {
  if (!linked) return 'unlinked';
  return linkEndsAt !== null && !automatic && linkEndsAt - now < SOON_MS ? 'ends-soon' : 'linked';
};
