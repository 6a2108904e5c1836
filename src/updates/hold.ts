import { closeSync, existsSync, openSync } from "node:fs";

/** Where versions are that this process is about to choose from, held open. */
let held: number[] = [];

/**
 * Shows everybody who switches or removes versions that this process is starting: until it is Claude Code, which the
 * kernel shows, it holds the versions' directories open, which the kernel shows as well. To be called before it is
 * looked which version to start. Costs a few system calls.
 * @returns the directories in which a version waits to be switched to, or is being switched to
 */
export function holdVersions(roots: readonly string[]): string[] {
  letVersionsGo();
  const waiting: string[] = [];
  for (const root of roots) {
    if (!existsSync(root)) continue;
    try {
      held.push(openSync(root, "r"));
    } catch {
      continue; // Not for us to look into: then nothing is started from there.
    }
    // After the directory is open: who begins to switch now, sees us.
    if (existsSync(`${root}/waiting.json`)) waiting.push(root);
  }
  return waiting;
}

/** For a start that came to nothing, and while it tries to switch itself. */
export function letVersionsGo(): void {
  for (const descriptor of held) closeSync(descriptor);
  held = [];
}
