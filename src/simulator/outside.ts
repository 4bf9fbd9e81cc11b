import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { SEED } from './firm.ts';
import { SANDBOX, SANDBOX_USERS } from './portals/sandbox.ts';
import type { Portals } from './portals/start.ts';
import type { LocalOutside } from './workspace/protocol.ts';
import { seedPeople } from './workspace/seed.ts';

interface Source {
  source_id: string;
  name: string;
  holder: string;
}

/** `northbridge-life` -> `Northbridge Life` */
const carrierName = (id: string): string =>
  id.replace(
    /(^|-)(\w)/g,
    (_all, dash: string, letter: string) => `${dash === '' ? '' : ' '}${letter.toUpperCase()}`,
  );

/** The seeded firm's logins and codes, for the people who hold them. */
export const outsideOf = (portals: Pick<Portals, 'logins' | 'codes' | 'addresses'>) => {
  const sources = parse(readFileSync(join(SEED, 'sources.csv'), 'utf8'), {
    columns: true,
  }) as Source[];
  const people = seedPeople('');
  const sourceOf = (id: string | undefined) => sources.find(({ source_id }) => source_id === id);
  const holderOf = (source: Source | undefined): { holder?: string } => {
    const person = people.find(({ email }) => email === source?.holder);
    return person === undefined ? {} : { holder: person.id };
  };
  const logins = portals.logins.map(({ source, carrier, user, password }) => ({
    source: sourceOf(source)?.name ?? user,
    ...holderOf(sourceOf(source)),
    carrier: carrierName(carrier),
    user,
    password,
  }));
  return (): LocalOutside => ({
    logins,
    codes: portals.codes().map(({ carrier, ...code }) => {
      const login = portals.logins.find(
        (each) => each.carrier === carrier && each.user === code.user.toLowerCase(),
      );
      return { ...code, ...holderOf(sourceOf(login?.source)), carrier: carrierName(carrier) };
    }),
    sandbox: { users: SANDBOX_USERS, ...SANDBOX },
    portals: Object.entries(portals.addresses).map(([carrier, url]) => ({
      carrier: carrierName(carrier),
      url,
    })),
  });
};
