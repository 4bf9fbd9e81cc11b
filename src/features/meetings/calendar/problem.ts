/** Why a calendar cannot be read. Its address is a secret: no error holds it. */
export type Problem =
  | 'not-https'
  | 'not-public'
  | 'gone'
  | 'no-answer'
  | 'too-slow'
  | 'too-large'
  | 'redirects'
  | 'not-a-calendar';

export class CalendarProblem extends Error {
  override name = 'CalendarProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`a calendar cannot be read: ${problem}`);
    this.problem = problem;
  }
}

const PASSING: readonly Problem[] = ['no-answer', 'too-slow'];

/** What passes by itself is told only when it has not; an hour lies between two readings. */
const TOLD_AFTER = 3;

export const isToTell = (problem: Problem, failures: number): boolean =>
  !PASSING.includes(problem) || failures >= TOLD_AFTER;
