import type { PersonLine, PolicyLine, SourceLine } from './line.ts';
import type { Fault } from './problem.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { searchWords } from '#shared/search-words.ts';
import type { Placed } from './lines.ts';
import type { ImportStore, SlackOwner } from './saving.ts';
import type { Refusals } from './unknown.ts';

/**
 * Whether a line of an unknown e-mail address is about somebody who is known: the same Slack member,
 * with a name that has a word of theirs. A member id that was mistyped makes nobody somebody else.
 */
const isRenamed = (line: { name?: string | undefined }, owner: SlackOwner): boolean => {
  const words = searchWords(owner.name);
  return searchWords(line.name ?? '').some((word) => words.includes(word));
};

/**
 * What a line alone does not show: each answers, line by line, why one cannot go in. A line with a
 * fault is asked about as far as it was read, and claims nothing that another line could want.
 * `stood`: the addresses of all lines so far, which are those of people of their own.
 */
export const refuseTakenSlackUsers = async (
  store: ImportStore,
  rows: readonly Placed<PersonLine>[],
  stood: Set<string>,
): Promise<Fault[][]> => {
  for (const { row } of rows) if (row.email !== undefined) stood.add(row.email);
  const ids = rows.flatMap(({ row: { slack_user_id: id } }) => (id ? [id] : []));
  const owners = await store.slackUsers(ids);
  const known = new Set(await store.people());
  return rows.map(({ row: { slack_user_id: id, email, name }, whole }) => {
    if (!id) return [];
    const owner = owners.get(id);
    const changed =
      owner !== undefined &&
      !stood.has(owner.email ?? '') &&
      !known.has(email ?? '') &&
      isRenamed({ name }, owner);
    if (whole !== undefined && (owner === undefined || changed)) owners.set(id, whole);
    if (owner === undefined || owner.email === email || changed) return [];
    return [
      {
        column: 'slack_user_id',
        value: id,
        wrong: `is the Slack member of ${owner.email ?? owner.name}`,
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
