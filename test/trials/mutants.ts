import { Command } from 'commander';
import { holds, isFailure, sumOf, tryMutants } from '#cli/carrier/mutants/run.ts';

/**
 * `npm run mutants`: changes every recorded page of every carrier in many ways and lets the carrier
 * read it. What only looks otherwise must be read right in 95 of 100; of what no longer says the same,
 * nothing may become a wrong value, a "not found", or a success without values.
 */
const program = new Command('mutants')
  .option('--json', 'prints the sums as JSON, and nothing else, to standard output')
  .option('--only <carrier>', 'the pages of one carrier');

const { json, only } = program.parse().opts<{ json?: true; only?: string }>();
const tried = await tryMutants(only);
const sum = sumOf(tried);
for (const { carrier, page, mutation, verdict, why } of tried.filter(isFailure))
  console.error(
    `${verdict}  ${carrier} ${page}  ${mutation.kind}: ${mutation.name}${why === '' ? '' : `  (${why})`}`,
  );
if (json) console.log(JSON.stringify(sum));
else {
  console.log(
    `${sum.mutants} mutants of ${new Set(tried.map(({ carrier, page }) => `${carrier} ${page}`)).size} recorded cases`,
  );
  console.log(`${sum.cosmeticRight} of ${sum.cosmetic} cosmetic ones are read right`);
  console.log(
    `${sum.mutants - sum.cosmetic} harmful ones: ${sum.portalChanged} portal changed, the others right, or told to be partial, but for`,
  );
  console.log(
    `  ${sum.wrongValues} wrong values, ${sum.falseNotFound} false not found, ${sum.silentEmpty} silently empty`,
  );
}
if (!holds(sum)) process.exitCode = 1;
