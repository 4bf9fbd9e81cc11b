import type { WebClient } from '@slack/web-api';
import type { Store } from '#database/store.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import { bringAllUp, type BringUpDeps, type DesiredMessage, type Projected } from './deliver.ts';
import { isDirect, type Lost } from './place.ts';

/** What those who draw a subject have at hand. */
export interface DrawDeps {
  store: Store;
  client: WebClient;
  carrier: (id: string) => CarrierFacts | undefined;
  settings: {
    /** "/sync" */
    command: string;
    canLink: boolean;
    openBooks: boolean;
    channelValues: 'shown' | 'hidden';
  };
  log: (problem: string, error?: unknown) => void;
}

/** All that Slack should show of one subject, and where. */
export interface Drawn {
  /** Channel or person id the card goes to. */
  channel: string;
  /** The thread there that the card is a reply in. */
  thread?: string;
  /** How much an update of it counts, beside one of a card with a single line. */
  weight?: number;
  /** Somebody waits for it: where its channel cannot be looked at, it begins in another place. */
  isWaitedFor?: true;
  messages: readonly DesiredMessage[];
  /** Finds it another place, where its channel gets nothing any more or who reads it has left. */
  redirect: (why: Lost) => Promise<'elsewhere' | 'nowhere'>;
  /** Slack shows this version of it now. */
  shown: () => Promise<void>;
}

/** Nothing where there is no such subject; `later` where it cannot be said yet. */
export type Draw = (deps: DrawDeps, id: string) => Promise<Drawn | Projected | undefined>;

/** Amounts and whole numbers stay out of channels where the firm wants it so. */
export const privacyIn = (
  { settings }: Pick<DrawDeps, 'settings'>,
  channel: string,
): 'full' | 'masked' =>
  settings.channelValues === 'shown' || isDirect(channel) ? 'full' : 'masked';

/**
 * Makes Slack equal to the database for one subject: a request by its id alone, another by its kind
 * before its id. What it cannot do now it asks to do later.
 */
export const project = async (
  deps: DrawDeps & Pick<BringUpDeps, 'budget' | 'places' | 'charts' | 'show'>,
  subjects: Readonly<Record<string, Draw>>,
  subjectId: string,
): Promise<Projected> => {
  const [before, after] = subjectId.split(':');
  const [kind, id] = after === undefined ? ['request', subjectId] : [before ?? '', after];
  const drawn = await subjects[kind]?.(deps, id);
  if (drawn === undefined) return { kind: 'shown' };
  if ('kind' in drawn) return drawn;
  const { channel, thread, weight = 1, isWaitedFor = false, messages, redirect, shown } = drawn;
  const subject = { kind, id: subjectId, channel, thread, weight, isWaitedFor };
  const projected = await bringAllUp({ ...deps, redirect }, subject, messages);
  if (projected.kind === 'shown') await shown();
  return projected;
};
