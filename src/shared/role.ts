/** What a person of the firm is; what each may do stands in the table of access. */
export const ROLES = ['owner', 'manager', 'advisor', 'support'] as const;
export type Role = (typeof ROLES)[number];
