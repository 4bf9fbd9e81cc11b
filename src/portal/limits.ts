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

/**
 * What a portal may do before it is given up: far more than any does that is well. Counts are of one
 * step (a sign-in, a read, a screen of a book); sizes are of what was unpacked.
 */
export const HARM_LIMITS = {
  /** Documents of the page itself, redirects included. */
  pages: 30,
  frames: 100,
  requests: 600,
  dialogs: 20,
  popups: 20,
  downloads: 20,
  /** One answer: a page, a script, JSON. */
  answerBytes: 30_000_000,
  bytes: 200_000_000,
  /** HTML of a page, as its adapter captures it. */
  htmlChars: 20_000_000,
  /** What scripts of one page may keep. */
  scriptHeapMb: 512,
  /** All that one page may take, script or not; its process is ended. */
  processBytes: 1_200_000_000,
  /** One download. */
  fileBytes: 25_000_000,
  /** By how much this process may grow while one submission of a secret is answered. */
  submissionBytes: 500_000_000,
  pdfMs: 20_000,
  pdfHeapMb: 256,
  /** By how much this process may grow while it reads one PDF. */
  pdfBytes: 700_000_000,
} as const;
