import type { Projected } from './bring-up.ts';
import { projectCase, type CaseProjectorDeps } from './case-projector.ts';
import { projectCode, type CodeProjectorDeps } from './code-projector.ts';
import { projectRequest, type ProjectorDeps } from './projector.ts';

export type ProjectDeps = Omit<CaseProjectorDeps & CodeProjectorDeps, 'store'> & {
  store: ProjectorDeps['store'] & CaseProjectorDeps['store'] & CodeProjectorDeps['store'];
};

/** Brings up whatever `show` was asked for: a request by its id alone, the others by their kind. */
export const project = (deps: ProjectDeps, subjectId: string): Promise<Projected> => {
  const [kind = '', id] = subjectId.split(':');
  switch (kind) {
    case 'case':
      return projectCase(deps, id ?? '');
    case 'code':
      return projectCode(deps, id ?? '');
    default:
      return projectRequest(deps, subjectId);
  }
};
