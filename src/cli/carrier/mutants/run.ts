import { join } from 'node:path';
import { projectFolder } from '#setup/tools.mjs';
import { loadCarriers } from '#portal/carriers.ts';
import type { Carrier } from '#portal/contract.ts';
import { recordedCases, replay } from '#portal/recording/replay.ts';
import { breed } from './breed.ts';
import type { Mutation } from './mutation.ts';
import { judge, type Verdict } from './verdict.ts';

export interface Tried {
  carrier: string;
  page: string;
  mutation: Mutation;
  verdict: Verdict;
  why: string;
}

/** Changes every recorded page of the repository's carriers, and replays each change. */
export const tryMutants = async (only?: string, pages?: readonly string[]): Promise<Tried[]> => {
  const folder = join(projectFolder, 'carriers');
  const carriers = await loadCarriers({ folders: [folder], allowDemo: true });
  return carriers
    .filter((carrier) => only === undefined || carrier.id === only)
    .flatMap((carrier) => mutantsOf(carrier, join(folder, carrier.id), pages));
};

/** The same of one carrier, wherever its folder is: of every recorded page that means something. */
export const mutantsOf = (carrier: Carrier, folder: string, pages?: readonly string[]): Tried[] =>
  recordedCases(folder).flatMap((recorded) => {
    const { expected } = recorded;
    if (pages?.includes(recorded.name) === false) return [];
    if (expected === undefined || 'portalChanged' in expected) return [];
    return breed(recorded).map(({ capture, ...mutation }): Tried => {
      const seen = replay(carrier, capture, recorded.number);
      const why = 'portalChanged' in seen ? seen.portalChanged : '';
      return {
        carrier: carrier.id,
        page: recorded.name,
        mutation,
        verdict: judge(mutation, seen, expected),
        why,
      };
    });
  });

export interface Sum {
  mutants: number;
  cosmeticRight: number;
  cosmetic: number;
  wrongValues: number;
  falseNotFound: number;
  silentEmpty: number;
  /** Of the harmful ones. */
  portalChanged: number;
}

export const sumOf = (tried: readonly Tried[]): Sum => {
  const count = (test: (each: Tried) => boolean): number => tried.filter(test).length;
  const isCosmetic = ({ mutation }: Tried): boolean => mutation.kind === 'cosmetic';
  return {
    mutants: tried.length,
    cosmeticRight: count((each) => isCosmetic(each) && each.verdict === 'right'),
    cosmetic: count(isCosmetic),
    wrongValues: count(({ verdict }) => verdict === 'wrong-value'),
    falseNotFound: count(({ verdict }) => verdict === 'false-not-found'),
    silentEmpty: count(({ verdict }) => verdict === 'silent-empty'),
    portalChanged: count((each) => !isCosmetic(each) && each.verdict === 'portal-changed'),
  };
};

/** What must not be: a lie of any mutant, a cosmetic one that is not read. */
export const isFailure = ({ mutation, verdict }: Tried): boolean =>
  ['wrong-value', 'false-not-found', 'silent-empty'].includes(verdict) ||
  (mutation.kind === 'cosmetic' && verdict !== 'right');

export const holds = (sum: Sum): boolean =>
  sum.mutants >= 200 &&
  sum.cosmeticRight >= 0.95 * sum.cosmetic &&
  sum.wrongValues + sum.falseNotFound + sum.silentEmpty === 0;
