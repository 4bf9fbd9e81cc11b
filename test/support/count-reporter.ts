import type { Reporter, TestModule } from 'vitest/node';

type Errors = Parameters<NonNullable<Reporter['onTestRunEnd']>>[1];

/** Prints the totals alone on a line, in words that a build log can be searched for. */
class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, outsideTests: Errors): void {
    const counts = { passed: 0, failed: outsideTests.length, skipped: 0 };
    const again: string[] = [];
    for (const module of modules) {
      const failedBefore = counts.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (test.diagnostic()?.flaky === true)
          again.push(`${module.relativeModuleId}: ${test.fullName}`);
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else counts.skipped += 1;
      }
      if (!module.ok() && counts.failed === failedBefore) counts.failed += 1;
    }
    const skipped = counts.skipped > 0 ? `${counts.skipped} skipped\n` : '';
    if (again.length > 0)
      process.stdout.write(
        `\nPassed at the second try, so something is wrong:\n${again.join('\n')}\n`,
      );
    process.stdout.write(`\n${skipped}${counts.passed} passed, ${counts.failed} failed\n`);
  }
}

// vitest loads a reporter by its default export.
export { CountReporter as default };
