import type { NamedAct } from './act.ts';
import type { BeforeWho, Commands } from './commands.ts';
import type { Desk, SlackApp } from './desk.ts';

/** What a feature adds to Slack: the record that the composition reads. */
export interface Feature {
  commands?: Commands;
  clicks?: readonly NamedAct[];
  /** Modals, shortcuts, events and searches: each listener of the feature. */
  listen?: readonly ((app: SlackApp, desk: Desk) => void)[];
  beforeWho?: BeforeWho;
}
