import { caseView, type CaseView } from './store/views.ts';
import { auditCaseView } from './store/cases.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor } from '#shared/access.ts';
import type { SlackDeps } from '#slack/deps.ts';

export const newestPicture = ({ events }: Pick<CaseView, 'events'>): string | undefined =>
  events.flatMap((event) => (event.kind === 'attempt' ? (event.picture ?? []) : [])).at(-1);

/** The newest picture of a case, as an address, for whoever may answer cases; each is audited. */
export const pictureOfCase = async (
  { store, pictures }: { store: Store; pictures: SlackDeps['pictures'] },
  actor: Actor,
  caseId: string,
): Promise<string | undefined> => {
  if (!may(actor, 'case.answer')) return undefined;
  const view = await caseView(store.db, caseId);
  const file = view && newestPicture(view);
  if (view === undefined || file === undefined) return undefined;
  await auditCaseView(store, actor.id, view, 'evidence.viewed');
  return pictures.issue(file, { personId: actor.id, action: 'case.answer' });
};
