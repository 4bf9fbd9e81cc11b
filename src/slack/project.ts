import type { Projected } from './bring-up.ts';
import { projectCase, type CaseProjectorDeps } from './case-projector.ts';
import { projectCode, type CodeProjectorDeps } from './code-projector.ts';
import { projectLetter, type LetterProjectorDeps } from './letter-projector.ts';
import { projectRequest, type ProjectorDeps } from './projector.ts';

type AllDeps = CaseProjectorDeps & CodeProjectorDeps & LetterProjectorDeps;

export type ProjectDeps = Omit<AllDeps, 'store'> & {
  store: ProjectorDeps['store'] & AllDeps['store'];
};

/** Brings up whatever `show` was asked for: a request by its id alone, the others by their kind. */
export const project = (deps: ProjectDeps, subjectId: string): Promise<Projected> => {
  const [kind = '', id] = subjectId.split(':');
  switch (kind) {
    case 'case':
      return projectCase(deps, id ?? '');
    case 'code':
      return projectCode(deps, id ?? '');
    case 'letter':
      return projectLetter(deps, id ?? '');
    default:
      return projectRequest(deps, subjectId);
  }
};
