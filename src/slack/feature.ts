import type { NamedAct } from './clicks.ts';
import type { BeforeWho, Commands } from './commands.ts';
import type { DesiredMessage } from './deliver.ts';
import type { Desk, SlackApp } from './desk.ts';

/** What a feature adds to Slack: the record that the composition reads. */
export interface Feature {
  commands?: Commands;
  clicks?: readonly NamedAct[];
  /** Modals, shortcuts, events and searches: each listener of the feature. */
  listen?: readonly ((app: SlackApp, desk: Desk) => void)[];
  /** What we tell by ourselves, drawn by kind. */
  notifications?: Readonly<Record<string, (about: never, settings: never) => DesiredMessage[]>>;
  beforeWho?: BeforeWho;
}
