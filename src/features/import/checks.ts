import type { PersonLine, PolicyLine, SourceLine } from './line.ts';
import type { Fault } from './problem.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import type { Placed } from './lines.ts';
import type { ImportStore } from './saving.ts';
import type { Refusals } from './unknown.ts';

/**
 * What a line alone does not show: each answers, line by line, why one cannot go in. A line with a
 * fault is asked about as far as it was read, and claims nothing that another line could want.
 */
export const refuseTakenSlackUsers = async (
  store: ImportStore,
  rows: readonly Placed<PersonLine>[],
): Promise<Fault[][]> => {
  const ids = rows.flatMap(({ row: { slack_user_id: id } }) => (id ? [id] : []));
  const owners = await store.slackUsers(ids);
  return rows.map(({ row: { slack_user_id: id, email }, whole }) => {
    if (!id) return [];
    const owner = owners.get(id);
    if (whole !== undefined) owners.set(id, owner ?? whole.email);
    if (owner === undefined || owner === email) return [];
    return [
      {
        column: 'slack_user_id',
        value: id,
        wrong: `is the Slack member of ${owner}`,
        todo: 'Correct one of the two, or leave it empty.',
      },
    ];
  });
};

export const refuseMovedSources = async (
  store: ImportStore,
  rows: readonly Placed<SourceLine>[],
): Promise<Fault[][]> => {
  const ids = rows.flatMap(({ row: { source_id: id } }) => id ?? []);
  const carrierOf = await store.sourceCarriers(ids);
  return rows.map(({ row }) => {
    const carrier = carrierOf.get(row.source_id ?? '');
    if (carrier === undefined || row.carrier === undefined || carrier === row.carrier) return [];
    return [
      {
        column: 'carrier',
        value: row.carrier,
        wrong: `the login source ${row.source_id} belongs to ${carrier}`,
        todo: 'A login at another carrier is another source: give it a source_id of its own.',
      },
    ];
  });
};

/** The number of a policy at its carrier, as far as both were read. */
const numberOf = ({ carrier, number }: Partial<PolicyLine>) =>
  carrier === undefined || number === undefined ? [] : [{ carrier, key: normalizeNumber(number) }];

export const refuseStrayPolicies = async (
  store: ImportStore,
  rows: readonly Placed<PolicyLine>[],
  refused: Refusals,
): Promise<Fault[][]> => {
  const contacts = await store.contacts(rows.flatMap(({ row: { contact_id: id } }) => id ?? []));
  const taken = await store.numbers(rows.flatMap(({ row }) => numberOf(row)));
  const owners = new Map(taken.map((one) => [`${one.carrier} ${one.key}`, one.externalId]));
  return rows.map(({ row, whole }) => {
    const faults: Fault[] = [];
    if (row.contact_id !== undefined && !contacts.has(row.contact_id))
      faults.push({
        column: 'contact_id',
        value: row.contact_id,
        ...(refused.of(row.contact_id) ?? {
          wrong: 'there is no contact with this id',
          todo: 'Add it to the contacts file, or correct the id.',
        }),
      });
    for (const { carrier, key } of numberOf(row)) {
      const owner = owners.get(`${carrier} ${key}`);
      if (owner !== undefined && owner !== row.policy_id)
        faults.push({
          column: 'number',
          value: row.number ?? '',
          wrong: `the policy ${owner} already has this number at ${carrier}`,
          todo: 'Remove one of the two, or correct its number.',
        });
      else if (whole !== undefined && faults.length === 0)
        owners.set(`${carrier} ${key}`, whole.policy_id);
    }
    return faults;
  });
};
