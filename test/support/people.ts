/** People of the seeded firm, by their accounts in the local workspace. */
export const ANA = 'UANARUIZ1';
export const BEN = 'UBENCART1';
export const GWEN = 'UGWENGST1';
export const MARCUS = 'UMARCUS01';
export const OLIVIA = 'UOLIVIA01';
export const SAM = 'USAMOKAF1';

/** Channels there: of the team, and of support. */
export const TEAM = 'CTEAM0001';
export const SUPPORT = 'CSUPPORT1';
