import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { reportedVersion } from "../../claude/probe.ts";
import { resolve } from "../../updates/registry.ts";
import { npmSettings } from "../../updates/npm_settings.ts";
import { NEWEST_VERIFIED, support } from "../../claude/versions.ts";
import { Versions } from "../../updates/versions.ts";
import { DOCTOR_FIX } from "../fix.ts";
import type { Check } from "../resource.ts";
import { Unreadable } from "../resource.ts";
import { thisPlatform } from "../../runtime/platform.ts";

/** Whether new releases can be heard of from here; a host may do without, the package then comes through SSH. */
export function registryAnswers(users: readonly string[] = []): Check {
  const [first] = users;
  const whose = users.includes("claude") || first === undefined ? [] : ["--user", first];
  return {
    id: "registry",
    title: "npm registry",
    why: "updates of Claude Code come from there, or through SSH",
    severity: "warning",
    fix: [["claude-ops", "update", "--check"]],
    // What the host cannot fetch, the operator sends.
    ...(first === undefined ? {} : { fixFromAfar: ["claude-ops", "install", ...whose, "--via-ssh"] }),
    async read() {
      try {
        await resolve("latest", thisPlatform(), await npmSettings());
        return null;
      } catch (error) {
        return {
          expected: "answers within 5 s (address: npm's setting `registry`)",
          actual: error instanceof Error ? error.message : String(error),
        };
      }
    },
  };
}

/** What claude-ops knows of Claude Code was verified on certain versions. */
export function claudeVersion(root: string): Check {
  return {
    id: "claude-version",
    title: "version of Claude Code",
    why: "isolation and the shared login rest on how Claude Code behaves",
    needs: ["claude-code"],
    severity: "warning",
    fix: [["claude-ops", "update", "--to", NEWEST_VERIFIED]],
    async read() {
      const current = await new Versions(root).current();
      if (current === undefined) throw new Unreadable("there is no Claude Code");
      const { support: how, reason } = support(current);
      return how === "supported"
        ? null
        : { expected: "a version that was verified", actual: `${current}: ${reason}` };
    },
  };
}

/** A home where nothing can be written. */
const NOWHERE = "/proc";

/** That the program is there is one thing, that it is whole and nobody else's another. */
export function claudeRuns(root: string): Check {
  return {
    id: "claude-runs",
    title: "Claude Code starts",
    why: "no session starts from a program that is damaged, and nobody else may choose what it is",
    needs: ["claude-code"],
    async read() {
      const versions = new Versions(root);
      const current = await versions.current();
      if (current === undefined) throw new Unreadable("there is no Claude Code");
      const program = versions.executable(current);
      const fix = [["rm", "-r", dirname(program)], ...DOCTOR_FIX];
      const { uid, mode } = lstatSync(program);
      if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
        return { expected: `${program} ours alone`, actual: "somebody else may write to it", fix };
      }
      const expected = `${program} that says it is ${current}`;
      try {
        const said = await reportedVersion(program, NOWHERE);
        return said === current ? null : { expected, actual: said ?? "another program", fix };
      } catch {
        return { expected, actual: "it does not run", fix };
      }
    },
  };
}
