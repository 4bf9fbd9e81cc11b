/** What a person of the firm is; what each may do stands in the table of access. */
export const ROLES = ['owner', 'manager', 'advisor', 'support'] as const;

export type Role = (typeof ROLES)[number];

/** Who may do what: one table, asked where a verb is executed, whatever the entry was. */

/** The person on whose behalf a verb runs. */
export interface Actor {
  id: string;
  role: Role;
  /** False once Slack or an owner deactivated the person. */
  active: boolean;
}

export type Action =
  | 'policy.view'
  | 'policy.search'
  | 'policy.sync'
  /** To set its status or its number in the CRM. */
  | 'policy.correct'
  | 'source.use'
  | 'source.link'
  | 'source.hold'
  | 'source.add'
  | 'source.manage'
  | 'request.view'
  /** To see a case with its timeline, to reply to whoever asked, and to close it. */
  | 'case.answer'
  | 'request.cancel'
  /** To say that one is done in the portal, before the wait for it is over. */
  | 'request.run-now'
  /** To stop asking a carrier, or to let it go on. */
  | 'carrier.pause'
  /** To say what a carrier's status word means, for every policy there. */
  | 'status.teach'
  | 'background.queue'
  | 'team.view'
  | 'team.change';

/**
 * On what condition: `book`: the contact is in the person's book (or the firm opens books to all);
 * `exact`: the whole number was named, as a support case does; `source`: the person holds the login
 * or it is shared with them; `holds`: it is their own; `own`: the person asked for it.
 */
type Condition = 'always' | 'never' | 'book' | 'book-or-exact' | 'source' | 'holds' | 'own';

/** By role: owner, manager, advisor, support. */
const TABLE: Record<Action, readonly [Condition, Condition, Condition, Condition]> = {
  'policy.view': ['always', 'always', 'book', 'book-or-exact'],
  'policy.search': ['always', 'always', 'book', 'book'],
  'policy.sync': ['always', 'always', 'book', 'book-or-exact'],
  'policy.correct': ['always', 'always', 'book', 'book-or-exact'],
  'source.use': ['always', 'always', 'source', 'always'],
  'source.link': ['always', 'always', 'source', 'source'],
  'source.hold': ['always', 'always', 'source', 'source'],
  'source.add': ['always', 'always', 'holds', 'holds'],
  'source.manage': ['always', 'always', 'holds', 'holds'],
  'request.view': ['always', 'always', 'own', 'always'],
  'case.answer': ['always', 'always', 'never', 'always'],
  'request.cancel': ['always', 'always', 'own', 'own'],
  'request.run-now': ['own', 'own', 'own', 'own'],
  'carrier.pause': ['always', 'always', 'never', 'always'],
  'status.teach': ['always', 'always', 'never', 'never'],
  'background.queue': ['always', 'always', 'source', 'never'],
  'team.view': ['always', 'always', 'always', 'always'],
  'team.change': ['always', 'never', 'never', 'never'],
};

const conditionOf = (role: Role, action: Action): Condition =>
  TABLE[action][ROLES.indexOf(role)] ?? 'never';

/** What is known of the person's relation to the thing acted on; a missing fact is a no. */
export interface Relation {
  inBook?: boolean;
  exactNumber?: boolean;
  holds?: boolean;
  shared?: boolean;
  own?: boolean;
}

export const may = (actor: Actor, action: Action, relation: Relation = {}): boolean => {
  if (!actor.active) return false;
  switch (conditionOf(actor.role, action)) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'book':
      return relation.inBook === true;
    case 'book-or-exact':
      return relation.inBook === true || relation.exactNumber === true;
    case 'source':
      return relation.holds === true || relation.shared === true;
    case 'holds':
      return relation.holds === true;
    case 'own':
      return relation.own === true;
  }
};

/** Of these everybody who is active may do it, whatever it is about. */
export const rolesThatMay = (action: Action): readonly Role[] =>
  ROLES.filter((role) => conditionOf(role, action) === 'always');

/** Whether this role's searches go over every contact instead of the person's own book. */
export const seesEveryBook = (role: Role): boolean => rolesThatMay('policy.search').includes(role);

/** A person of the firm; being on Slack alone makes nobody one. */
export interface Person extends Actor {
  name: string;
}
