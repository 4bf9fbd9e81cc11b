/** A sync that has waited longer than this for a link is not started by it any more: ask again. */
export const WAITS_FOR_LINK_MS = 24 * 60 * 60_000;
