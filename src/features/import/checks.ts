import type { PersonLine, PolicyLine, SourceLine } from './line.ts';
import type { Fault } from './problem.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import type { Placed } from './lines.ts';
import type { ImportStore } from './saving.ts';

/** What a line alone does not show: each answers, line by line, why one cannot go in. */
export const refuseTakenSlackUsers = async (
  store: ImportStore,
  rows: readonly Placed<PersonLine>[],
): Promise<(Fault | undefined)[]> => {
  const ids = rows.flatMap(({ row }) => (row.slack_user_id === null ? [] : [row.slack_user_id]));
  const owners = await store.slackUsers(ids);
  return rows.map(({ row: { slack_user_id: id, email } }) => {
    if (id === null) return undefined;
    const owner = owners.get(id);
    owners.set(id, owner ?? email);
    if (owner === undefined || owner === email) return undefined;
    return {
      column: 'slack_user_id',
      value: id,
      wrong: `is the Slack member of ${owner}`,
      todo: 'Correct one of the two, or leave it empty.',
    };
  });
};

export const refuseMovedSources = async (
  store: ImportStore,
  rows: readonly Placed<SourceLine>[],
): Promise<(Fault | undefined)[]> => {
  const carrierOf = await store.sourceCarriers(rows.map(({ row }) => row.source_id));
  return rows.map(({ row }) => {
    const carrier = carrierOf.get(row.source_id);
    if (carrier === undefined || carrier === row.carrier) return undefined;
    return {
      column: 'carrier',
      value: row.carrier,
      wrong: `the login source ${row.source_id} belongs to ${carrier}`,
      todo: 'A login at another carrier is another source: give it a source_id of its own.',
    };
  });
};

const numberKey = (row: PolicyLine): string => `${row.carrier} ${normalizeNumber(row.number)}`;

export const refuseStrayPolicies = async (
  store: ImportStore,
  rows: readonly Placed<PolicyLine>[],
): Promise<(Fault | undefined)[]> => {
  const contacts = await store.contacts(rows.map(({ row }) => row.contact_id));
  const taken = await store.numbers(
    rows.map(({ row }) => ({ carrier: row.carrier, key: normalizeNumber(row.number) })),
  );
  const owners = new Map(taken.map((one) => [`${one.carrier} ${one.key}`, one.externalId]));
  return rows.map(({ row }) => {
    if (!contacts.has(row.contact_id)) {
      return {
        column: 'contact_id',
        value: row.contact_id,
        wrong: 'there is no contact with this id',
        todo: 'Add it to the contacts file, or correct the id.',
      };
    }
    const owner = owners.get(numberKey(row));
    if (owner !== undefined && owner !== row.policy_id) {
      return {
        column: 'number',
        value: row.number,
        wrong: `the policy ${owner} already has this number at ${row.carrier}`,
        todo: 'Remove one of the two, or correct its number.',
      };
    }
    owners.set(numberKey(row), row.policy_id);
    return undefined;
  });
};
