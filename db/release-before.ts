/**
 * The newest migration that the release before this one knows. Its bots and workers may work on a
 * Postgres that this release has brought up to date, so that several machines are upgraded one process
 * at a time; older ones may not. Raised when a release goes out, to what that one knows.
 */
export const RELEASE_BEFORE = '0038-home-wishes';

/**
 * Migrations that take something away, or ask more of who writes, on Postgres. Each names the newest
 * migration that every process beside it must know, since when nothing leans on what goes; it may be
 * added once RELEASE_BEFORE is that far.
 */
export const TAKES_AWAY: Readonly<Record<string, { knows: string; why: string }>> = {};
