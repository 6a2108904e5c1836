/**
 * What the suites of scripts/test reported, in one directory: how long each took, the slowest tests, what failed, and as
 * the last line the counts. Usage: test_summary.ts DIRECTORY BROKEN (what failed before the suites)
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

interface Case {
  fullName: string;
  status: string;
  /** Also of a test that passed when it was tried again. */
  failureMessages: string[];
  /** Milliseconds; absent for what was skipped. */
  duration?: number;
}
/** Of vitest's JSON reporter (4.1). */
interface Report {
  testResults: {
    name: string;
    status: string;
    startTime: number;
    endTime: number;
    assertionResults: Case[];
  }[];
}

const [directory = ".", before = "0"] = process.argv.slice(2);
const count = { passed: 0, failed: Number(before), skipped: 0 };
const slow: [number, string][] = [];
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

/** How many failed, after saying which. */
function read(suite: string, report: Report): number {
  const failed: string[] = [];
  const flaky: string[] = [];
  for (const { name, status, assertionResults } of report.testResults) {
    const file = name.replace(/.*\/test\//, "");
    if (status === "failed" && assertionResults.length === 0) failed.push(file);
    for (const { fullName, status, failureMessages, duration = 0 } of assertionResults) {
      if (status === "failed") failed.push(`${file}: ${fullName}`);
      else count[status === "passed" ? "passed" : "skipped"]++;
      if (status === "passed" && failureMessages.length > 0) {
        flaky.push(`${file}: ${fullName} (${failureMessages[0]!.split("\n")[0]})`);
      }
      slow.push([duration, `${suite} ${file}: ${fullName}`]);
    }
  }
  const times = report.testResults.flatMap(({ startTime, endTime }) => [startTime, endTime]);
  console.log(`${suite.padEnd(14)} ${seconds(Math.max(...times) - Math.min(...times)).padStart(8)}`);
  for (const each of flaky) console.log(`PASSED ONLY WHEN TRIED AGAIN ${suite} ${each}`);
  for (const each of failed) console.log(`FAILED ${suite} ${each}`);
  return failed.length;
}

for (const name of readdirSync(directory).filter((name) => name.endsWith(".log")).sort()) {
  const suite = name.replace(".log", "");
  const report = join(directory, `${suite}.json`);
  const failed = existsSync(report) ? read(suite, JSON.parse(readFileSync(report, "utf8"))) : 0;
  // Errors outside of any test fail the suite as well.
  count.failed += failed || Number(existsSync(join(directory, `${suite}.failed`)));
}
console.log("\nThe slowest tests:");
for (const [duration, name] of slow.sort(([a], [b]) => b - a).slice(0, 10)) {
  console.log(`${seconds(duration).padStart(8)} ${name}`);
}
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
console.log(`\n${count.passed} passed, ${count.failed} failed${skipped}`);
process.exit(count.failed > 0 ? 1 : 0);
