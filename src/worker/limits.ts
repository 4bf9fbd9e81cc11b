/** Time limits of the steps, ms. */
export interface StepLimits {
  /** One wait for an element or an answer within a step. */
  wait: number;
  resume: number;
  /** Until something known comes of a submission; the person's time for a code is not counted. */
  signIn: number;
  read: number;
  /** One screen of a listing of the whole book, or one file; a report may have to be made first. */
  book: number;
}

export const STEP_LIMITS: StepLimits = {
  wait: 15_000,
  resume: 30_000,
  signIn: 30_000,
  read: 45_000,
  book: 120_000,
};

/** What a portal may do to the worker before it is given up. */
export const HARM_LIMITS = {
  /** One download. */
  fileBytes: 25_000_000,
  pdfMs: 20_000,
  pdfHeapMb: 256,
  /** By how much this process may grow while it reads one PDF. */
  pdfBytes: 700_000_000,
} as const;
