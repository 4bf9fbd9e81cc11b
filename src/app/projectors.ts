import type { Store } from '#database/store.ts';
import type { Projected } from '#slack/deliver.ts';
import { projectCase, type CaseProjectorDeps } from '#features/support-cases/projector.ts';
import { projectCode, type CodeProjectorDeps } from '#core/sign-in/code-projector.ts';
import { projectLetter, type LetterProjectorDeps } from '#features/notifications/projector.ts';
import { privacyIn, projectRequest } from '#core/requests/projector.ts';
import { completeSteps } from '#features/workflow-step/slack.ts';

type AllDeps = CaseProjectorDeps & CodeProjectorDeps & LetterProjectorDeps;

export type ProjectDeps = Omit<AllDeps, 'store'> & {
  store: Store;
};

/** Brings up whatever `show` was asked for: a request by its id alone, the others by their kind. */
export const project = async (deps: ProjectDeps, subjectId: string): Promise<Projected> => {
  const [kind = '', id] = subjectId.split(':');
  switch (kind) {
    case 'case':
      return projectCase(deps, id ?? '');
    case 'code':
      return projectCode(deps, id ?? '');
    case 'letter':
      return projectLetter(deps, id ?? '');
    default: {
      const projected = await projectRequest(deps, subjectId);
      // Where its outputs go is the workflow's to say, so they are as careful as in a channel.
      await completeSteps(deps, subjectId, privacyIn(deps, 'any channel'));
      return projected;
    }
  }
};
