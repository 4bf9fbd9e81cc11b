import type { Reporter, TestModule } from 'vitest/node';

/** Prints the totals alone on a line, in words that a build log can be searched for. */
class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let failedBefore = counts.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else counts.skipped += 1;
      }
      if (!module.ok() && counts.failed === failedBefore) counts.failed += 1;
      failedBefore = counts.failed;
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  }
}

// vitest loads a reporter by its default export.
export { CountReporter as default };
