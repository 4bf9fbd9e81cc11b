/** What `show` is asked for, so that one queue brings up every kind of message. */
export const caseSubject = (id: string): string => `case:${id}`;

export const codeSubject = (signInId: string): string => `code:${signInId}`;

export const notificationSubject = (id: string): string => `notification:${id}`;

/** Brings up nothing: Slack is asked what this person's account is now. */
export const accountSubject = (personId: string): string => `account:${personId}`;

export const ALL_ACCOUNTS = accountSubject('all');
