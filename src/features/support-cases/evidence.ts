import { may, type Actor } from '#shared/access.ts';
import type { Clock } from '#shared/clock.ts';
import type { Random } from '#core/sign-in/link.ts';
import type { CaseStore, CaseView } from './support-case.ts';

/** Addresses under which one masked picture can be seen for a while by whoever was given it. */
export interface PictureLinks {
  issue: (file: string) => string;
  /** The file's name, while the address is good. */
  fileOf: (token: string) => string | undefined;
}

const LIFE_MS = 15 * 60_000;
const MOST = 500;

/** Kept in memory: after a restart one click makes a new address. */
export const createPictureLinks = (clock: Clock, random: Random): PictureLinks => {
  const kept = new Map<string, { file: string; until: number }>();
  return {
    issue: (file) => {
      const token = Buffer.from(random(32)).toString('base64url');
      kept.set(token, { file, until: clock() + LIFE_MS });
      const [oldest] = kept.keys();
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
      return `/picture/${token}`;
    },
    fileOf: (token) => {
      const found = kept.get(token);
      return found !== undefined && clock() < found.until ? found.file : undefined;
    },
  };
};

export const newestPicture = ({ events }: Pick<CaseView, 'events'>): string | undefined =>
  events.flatMap((event) => (event.kind === 'attempt' ? (event.picture ?? []) : [])).at(-1);

/** The newest picture of a case, as an address, for whoever may answer cases; each is audited. */
export const pictureOfCase = async (
  { store, pictures }: { store: CaseStore; pictures: PictureLinks },
  actor: Actor,
  caseId: string,
): Promise<string | undefined> => {
  if (!may(actor, 'case.answer')) return undefined;
  const view = await store.caseView(caseId);
  const file = view && newestPicture(view);
  if (view === undefined || file === undefined) return undefined;
  await store.auditCaseView(actor.id, view);
  return pictures.issue(file);
};
