/** What a person should hear of a login before its link hurts; the most pressing first. */
export const WARNINGS = ['unlinked', 'ends-today', 'password-ends', 'trust-ends'] as const;

export type LinkWarning = (typeof WARNINGS)[number];
