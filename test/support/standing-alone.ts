/** Digits that are no part of a longer number: a time or an id may hold any six digits by chance. */
export const standingAlone = (digits: string): RegExp => new RegExp(`(?<![\\d.])${digits}(?!\\d)`);
