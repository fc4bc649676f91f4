import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `npm test [-- vitest's arguments]`: every test, with servers of its own (test/servers.ts), and one plain line at the end. */

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What of vitest's JSON report is counted. */
interface JsonReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

function runVitest(reportFile: string, args: string[]): Promise<number> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  // A terminal's Ctrl-C reaches vitest too, which then stops its servers; this process only waits for it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done) => child.on('exit', (code) => done(code ?? 1)));
}

/** A file that could not even be loaded counts as one failed test; so does a run that failed in another way. */
function count(reportFile: string, exitCode: number): Counts {
  let report: JsonReport;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8')) as JsonReport;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloadable = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = report.numFailedTests + unloadable;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const dir = mkdtempSync(join(tmpdir(), 'tributary-report-'));
const reportFile = join(dir, 'report.json');
const exitCode = await runVitest(reportFile, process.argv.slice(2));
const { passed, failed, skipped } = count(reportFile, exitCode);
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
