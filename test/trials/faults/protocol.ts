import type { PortalSource } from '#portal/portal.ts';

/** What a child is told of its firm, in its environment variable FIRM. */
export interface ChildFirm {
  role: 'bot' | 'worker';
  /** Of a worker; its successor has the same one, as one that is started again by its keeper. */
  name: string;
  /** Which process of that name it is. */
  life: number;
  folder: string;
  databaseFile: string;
  /** A Postgres instead of the file. */
  databaseUrl?: string;
  redis: string;
  /** Ids of carriers and the addresses that replace theirs. */
  addresses: Record<string, string>;
  workspace: { botToken: string; appToken: string; apiUrl: string };
  portals: string;
  slots: number;
  logFile: string;
  /** It ends by itself at that step. */
  endAt?: number;
}

export type PortalStep = 'resume' | 'sign-in' | 'read' | 'keep';

/** One step at a portal, asked by a worker of whoever keeps the ledger. */
export interface AskedStep {
  step: PortalStep;
  session: string;
  worker: string;
  life: number;
  source: PortalSource;
  /** The state of an earlier session: no secret of anybody, a scripted portal made it up. */
  kept?: string;
  number?: string;
}
