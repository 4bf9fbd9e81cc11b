import { expect, it } from 'vitest';
import { isFailure, sumOf, tryMutants } from '#cli/carrier/mutants/run.ts';

/** `npm run mutants` tries all; the screens of one carrier and the answers of another are enough here. */
it.each(['granite-mutual', 'harbor-trust'])(
  'no change of a recorded page of %s makes its carrier lie, and looks do not matter',
  async (carrier) => {
    const tried = await tryMutants(carrier, ['found', 'absent']);
    const sum = sumOf(tried);
    expect(sum.mutants).toBeGreaterThan(100);
    expect(tried.filter(isFailure)).toEqual([]);
  },
);
