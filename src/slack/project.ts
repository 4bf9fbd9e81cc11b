import type { Projected } from './bring-up.ts';
import { projectCase, type CaseProjectorDeps } from './case-projector.ts';
import { projectRequest, type ProjectorDeps } from './projector.ts';

export type ProjectDeps = Omit<CaseProjectorDeps, 'store'> & {
  store: ProjectorDeps['store'] & CaseProjectorDeps['store'];
};

/** Brings up whatever `show` was asked for: a request by its id alone, the others by their kind. */
export const project = (deps: ProjectDeps, subjectId: string): Promise<Projected> => {
  const [kind = '', id] = subjectId.split(':');
  switch (kind) {
    case 'case':
      return projectCase(deps, id ?? '');
    default:
      return projectRequest(deps, subjectId);
  }
};
