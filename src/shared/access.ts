import type { Role } from './role.ts';

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
  /** To stop asking a carrier, or to let it go on. */
  | 'carrier.pause'
  | 'background.queue'
  | 'team.view'
  | 'team.change';

/**
 * On what condition: `book`: the contact is in the person's book (or the firm opens books to all);
 * `exact`: the whole number was named, as a support case does; `source`: the person holds the login
 * or it is shared with them; `holds`: it is their own; `own`: the person asked for it.
 */
type Condition = 'always' | 'never' | 'book' | 'book-or-exact' | 'source' | 'holds' | 'own';

const TABLE: Record<Role, Record<Action, Condition>> = {
  owner: {
    'policy.view': 'always',
    'policy.search': 'always',
    'policy.sync': 'always',
    'policy.correct': 'always',
    'source.use': 'always',
    'source.link': 'always',
    'source.hold': 'always',
    'source.add': 'always',
    'source.manage': 'always',
    'request.view': 'always',
    'case.answer': 'always',
    'request.cancel': 'always',
    'carrier.pause': 'always',
    'background.queue': 'always',
    'team.view': 'always',
    'team.change': 'always',
  },
  manager: {
    'policy.view': 'always',
    'policy.search': 'always',
    'policy.sync': 'always',
    'policy.correct': 'always',
    'source.use': 'always',
    'source.link': 'always',
    'source.hold': 'always',
    'source.add': 'always',
    'source.manage': 'always',
    'request.view': 'always',
    'case.answer': 'always',
    'request.cancel': 'always',
    'carrier.pause': 'always',
    'background.queue': 'always',
    'team.view': 'always',
    'team.change': 'never',
  },
  advisor: {
    'policy.view': 'book',
    'policy.search': 'book',
    'policy.sync': 'book',
    'policy.correct': 'book',
    'source.use': 'source',
    'source.link': 'source',
    'source.hold': 'source',
    'source.add': 'holds',
    'source.manage': 'holds',
    'request.view': 'own',
    'case.answer': 'never',
    'request.cancel': 'own',
    'carrier.pause': 'never',
    'background.queue': 'source',
    'team.view': 'always',
    'team.change': 'never',
  },
  support: {
    'policy.view': 'book-or-exact',
    'policy.search': 'book',
    'policy.sync': 'book-or-exact',
    'policy.correct': 'book-or-exact',
    'source.use': 'always',
    'source.link': 'source',
    'source.hold': 'source',
    'source.add': 'holds',
    'source.manage': 'holds',
    'request.view': 'always',
    'case.answer': 'always',
    'request.cancel': 'own',
    'carrier.pause': 'always',
    'background.queue': 'never',
    'team.view': 'always',
    'team.change': 'never',
  },
};

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
  const condition = TABLE[actor.role][action];
  switch (condition) {
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

/** Whether this role's searches go over every contact instead of the person's own book. */
export const seesEveryBook = (role: Role): boolean => TABLE[role]['policy.search'] === 'always';

/** A person of the firm; being on Slack alone makes nobody one. */
export interface Person extends Actor {
  name: string;
}
