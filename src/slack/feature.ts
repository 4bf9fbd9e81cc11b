import type { BeforeWho, Commands } from './commands.ts';
import type { DesiredMessage } from './deliver.ts';
import type { SlackApp, SlackDeps } from './deps.ts';
import type { ListenedClick, ListenedSubmission, Search } from './listen.ts';

/** What a feature adds to Slack: the record that the composition reads. */
export interface Feature {
  commands?: Commands;
  clicks?: readonly ListenedClick[];
  submissions?: readonly ListenedSubmission[];
  /** By the action id of the menu that somebody types into. */
  searches?: Readonly<Record<string, Search>>;
  /** Shortcuts, events and workflow steps: each listener of the feature. */
  listen?: readonly ((app: SlackApp, deps: SlackDeps) => void)[];
  /** What we tell by ourselves, drawn by kind. */
  notifications?: Readonly<Record<string, (about: never, settings: never) => DesiredMessage[]>>;
  beforeWho?: BeforeWho;
}
