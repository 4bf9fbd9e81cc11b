import { describe, expect, it } from 'vitest';
import {
  may,
  seesEveryBook,
  type Action,
  type Relation,
  ROLES,
  type Role,
} from '#shared/access.ts';
/** Which relation, alone, lets a person of each role do it; '*' needs none, '' is never. */
const ALLOWED: Record<Action, Record<Role, string>> = {
  'policy.view': { owner: '*', manager: '*', advisor: 'inBook', support: 'inBook exactNumber' },
  'policy.search': { owner: '*', manager: '*', advisor: 'inBook', support: 'inBook' },
  'policy.sync': { owner: '*', manager: '*', advisor: 'inBook', support: 'inBook exactNumber' },
  'policy.correct': { owner: '*', manager: '*', advisor: 'inBook', support: 'inBook exactNumber' },
  'source.use': { owner: '*', manager: '*', advisor: 'holds shared', support: '*' },
  'source.link': { owner: '*', manager: '*', advisor: 'holds shared', support: 'holds shared' },
  'source.hold': { owner: '*', manager: '*', advisor: 'holds shared', support: 'holds shared' },
  'source.add': { owner: '*', manager: '*', advisor: 'holds', support: 'holds' },
  'source.manage': { owner: '*', manager: '*', advisor: 'holds', support: 'holds' },
  'request.view': { owner: '*', manager: '*', advisor: 'own', support: '*' },
  'case.answer': { owner: '*', manager: '*', advisor: '', support: '*' },
  'request.cancel': { owner: '*', manager: '*', advisor: 'own', support: 'own' },
  'request.run-now': { owner: 'own', manager: 'own', advisor: 'own', support: 'own' },
  'carrier.pause': { owner: '*', manager: '*', advisor: '', support: '*' },
  'status.teach': { owner: '*', manager: '*', advisor: '', support: '' },
  'background.queue': { owner: '*', manager: '*', advisor: 'holds shared', support: '' },
  'team.view': { owner: '*', manager: '*', advisor: '*', support: '*' },
  'team.change': { owner: '*', manager: '', advisor: '', support: '' },
};

const ACTIONS = Object.keys(ALLOWED) as Action[];
const RELATIONS: (keyof Relation)[] = ['inBook', 'exactNumber', 'holds', 'shared', 'own'];

const CASES = ROLES.flatMap((role) =>
  ACTIONS.flatMap((action) =>
    [undefined, ...RELATIONS].map((relation) => {
      const by = ALLOWED[action][role];
      const allowed = by === '*' || (relation !== undefined && by.split(' ').includes(relation));
      return { role, action, relation, allowed };
    }),
  ),
);

const nameOf = ({ role, action, relation, allowed }: (typeof CASES)[number]): string =>
  `${role} ${allowed ? 'may' : 'may not'} ${action} ${relation === undefined ? 'as a stranger' : `by "${relation}"`}`;

describe('who may do what', () => {
  it.each(CASES.map((one) => [nameOf(one), one] as const))(
    '%s',
    (_, { role, action, relation, allowed }) => {
      const relations = relation === undefined ? {} : { [relation]: true };
      expect(may({ id: 'p', role, active: true }, action, relations)).toBe(allowed);
    },
  );
});

it('somebody deactivated may do nothing, whatever the role and relation', () => {
  const everything = Object.fromEntries(RELATIONS.map((relation) => [relation, true]));
  const allowed = CASES.filter(({ role, action }) =>
    may({ id: 'p', role, active: false }, action, everything),
  );
  expect(allowed).toEqual([]);
});

it('a relation that is false is as good as none', () => {
  const nothing = Object.fromEntries(RELATIONS.map((relation) => [relation, false]));
  const allowed = ACTIONS.filter((action) =>
    may({ id: 'p', role: 'advisor', active: true }, action, nothing),
  );
  expect(allowed).toEqual(['team.view']);
});

it('only owners and managers search every book', () => {
  expect(ROLES.filter(seesEveryBook)).toEqual(['owner', 'manager']);
});
