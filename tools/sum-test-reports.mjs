// Adds up vitest's JSON reports, repeats why tests failed where a log is cut to its end, and ends with the one plain
// line that CI reads: `N passed, N failed, N skipped`.
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const REASON_LENGTH = 600;
const failures = [];
const plain = (text) => stripVTControlCharacters(text ?? '').slice(0, REASON_LENGTH);

const sum = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  // A file that fails to load counts no test; it still is a failure.
  const unloaded = report.testResults.filter(
    (f) => f.status === 'failed' && f.assertionResults.length === 0,
  );
  for (const { name, message } of unloaded) failures.push(`${name}: ${plain(message)}`);
  for (const { fullName, failureMessages } of report.testResults
    .flatMap((f) => f.assertionResults)
    .filter((test) => test.status === 'failed')) {
    failures.push(`${fullName}: ${plain(failureMessages?.[0])}`);
  }
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests + unloaded.length;
  sum.skipped += report.numPendingTests + report.numTodoTests;
}
for (const failure of failures) console.log(`FAILED: ${failure}\n`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
if (sum.passed === 0) process.exit(1);
