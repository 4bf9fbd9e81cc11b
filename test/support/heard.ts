import type { WorkspaceHandle } from '#simulator/workspace/server.ts';

/** Whatever a test looks at: nobody who only hears its messages and views has missed anything. */
export const expectHeard = (workspace: Pick<WorkspaceHandle, 'unheard'>): void => {
  const unheard = workspace.unheard();
  if (unheard.length > 0) throw new Error(`Not to be heard:\n${unheard.join('\n')}`);
};
