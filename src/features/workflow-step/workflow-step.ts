/** A step of a workflow in Slack, which goes on once its request has ended. */
export interface WorkflowStepStore {
  /** The same execution again changes nothing. */
  addStep: (executionId: string, requestId: string) => Promise<void>;
  /** Executions that wait for this request. */
  openSteps: (requestId: string) => Promise<readonly string[]>;
  finishStep: (executionId: string) => Promise<void>;
  /** Ended requests that a step still waits for. */
  requestsOfSteps: (limit: number) => Promise<readonly string[]>;
}
