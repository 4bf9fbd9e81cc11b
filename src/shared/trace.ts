/** What is told of a request's way through bot and worker, where somebody asks for it. */
export interface Trace {
  /** Its beginning: what is done here, and what follows from it elsewhere, is of this request. */
  begin: <T>(requestId: string, work: () => Promise<T>) => Promise<T>;
}

/** Nobody asks. */
export const untraced: Trace = { begin: (_requestId, work) => work() };
