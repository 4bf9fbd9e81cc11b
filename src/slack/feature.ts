import type { Step } from '#queue/every.ts';
import type { DailyTask } from '#shared/schedule.ts';
import type { Budget } from './budget.ts';
import type { BeforeWho, Commands, PlainWords } from './commands.ts';
import type { DesiredMessage } from './deliver.ts';
import type { SlackApp, SlackDeps } from './deps.ts';
import type { ListenedClick, ListenedSubmission, Search } from './listen.ts';
import type { Draw, DrawDeps } from './project.ts';

/** What a feature is made of: the record that the composition reads. */
export interface Feature {
  commands?: Commands;
  /** Understands what is typed without a command; one feature does. */
  plainWords?: PlainWords;
  clicks?: readonly ListenedClick[];
  submissions?: readonly ListenedSubmission[];
  /** By the action id of the menu that somebody types into. */
  searches?: Readonly<Record<string, Search>>;
  /** Shortcuts, events and workflow steps: each listener of the feature. */
  listen?: readonly ((app: SlackApp, deps: SlackDeps) => void)[];
  /** What Slack shows of it, by the kind that `show` names before an id. */
  subjects?: Readonly<Record<string, Draw>>;
  /** Told of each subject that was brought up to date. */
  follow?: (deps: DrawDeps & { budget: Budget }, subjectId: string) => Promise<void>;
  /** What we tell by ourselves, drawn by kind. */
  notifications?: Readonly<
    Record<
      string,
      (
        about: never,
        settings: never,
        deps: DrawDeps,
      ) => DesiredMessage[] | Promise<DesiredMessage[]>
    >
  >;
  /** Looked after every few seconds. */
  sweep?: (deps: SlackDeps) => Step[];
  daily?: (deps: SlackDeps) => DailyTask[];
  /** What runs beside all of this, until it is disposed of. */
  start?: (deps: SlackDeps) => Promise<AsyncDisposable>;
  beforeWho?: BeforeWho;
}
