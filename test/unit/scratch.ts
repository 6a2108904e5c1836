import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";

const made = () => realpathSync(mkdtempSync(join(tmpdir(), "claude-ops-test-")));

/** A directory of the test's own, gone when it ends. */
export function scratch(): string {
  const path = made();
  onTestFinished(() => remove(path));
  return path;
}

/** One for all tests of a file, asked for while that is loaded. */
export function scratchForAll(): string {
  const path = made();
  afterAll(() => remove(path));
  return path;
}

/** Removes a tree, also where something that is just ending still writes into it. */
export async function remove(path: string): Promise<void> {
  for (let attempt = 0;; attempt++) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** An executable shell script; its path. */
export function script(path: string, body: string): string {
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}
