import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fixFromHere } from "../../src/commands/doctor/fix_from_here.ts";
import { configOf } from "../../src/config/schema.ts";
import { homeChecks, machineChecks } from "../../src/host/checks/list.ts";
import { bareClaude, detachedLogins, isolation, login } from "../../src/host/checks/home.ts";
import { claudeRuns } from "../../src/host/checks/claude.ts";
import { stateFileSystem } from "../../src/host/checks/machine.ts";
import { diagnose, type Finding, findingsFrom, mendedBy } from "../../src/host/diagnose.ts";
import { DOCTOR_FIX, type Fix, fixAsRoot, fixLine } from "../../src/host/fix.ts";
import { homeOf } from "../../src/host/install.ts";
import { installation } from "../../src/host/installation.ts";
import { personalProfile } from "../../src/host/personal.ts";
import type { Check } from "../../src/host/resource.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { faultsIn } from "../pages/command_tree.ts";
import { untypable } from "../pages/typable.ts";
import { scratch } from "./scratch.ts";

/** A home in which all is wrong that can be made wrong here. */
function brokenHome(): Check[] {
  const claude = join(scratch(), "it's here/.claude");
  const session = join(claude, "sessions/01234567-89ab-4def-8123-456789abcdef");
  mkdirSync(session, { recursive: true });
  writeFileSync(join(session, ".credentials.json"), "{}");
  symlinkSync("/dev/null", join(session, "history.jsonl"));
  writeFileSync(join(claude, ".credentials.json"), "{}");
  chmodSync(join(claude, ".credentials.json"), 0o644);
  const versions = join(claude, "versions");
  mkdirSync(join(versions, "2.1.330"), { recursive: true });
  symlinkSync("versions/2.1.330", join(claude, "current"));
  writeFileSync(join(versions, "2.1.330/claude"), "#!/bin/sh\n", { mode: 0o777 });
  chmodSync(join(versions, "2.1.330/claude"), 0o777);
  const bare = bareClaude(() => [{ pid: 42, configDir: "/elsewhere" }], claude);
  return [detachedLogins(claude), isolation(claude), login(claude), bare, claudeRuns(claude)];
}

const findings = async (): Promise<Finding[]> => {
  const found = await diagnose(brokenHome());
  expect(found.map(({ id }) => id)).toEqual([
    "detached-logins",
    "isolation",
    "login",
    "bare-claude",
    "claude-runs",
  ]);
  const place = installation("personal");
  const config = configOf(new Map());
  const all = [
    ...machineChecks(place, config, ["dev"]),
    ...homeChecks(place, config),
    ...homeOf(place),
    ...personalProfile(place.home, process.env, "/usr/local/bin/claude-ops"),
    stateFileSystem("/mnt/home/dev/.claude/ops"),
  ];
  const told = all.map(({ id, fix = DOCTOR_FIX, fixFromAfar }: Check) => ({
    ...mendedBy(fix, found[0]!),
    ...{ id, ...(fixFromAfar ? { fixFromAfar } : {}) },
  }));
  return [...found, ...told];
};

const faults = (fixes: string[]) => [...new Set(fixes)].flatMap(untypable);

test("what mends a finding is a command that can be typed", async () => {
  const all = await findings();
  expect(all.length).toBeGreaterThan(30);
  expect(faults(all.map(({ fix }) => fix))).toEqual([]);
});

test("root is told how to type what mends a user's home", async () => {
  const all = await findings();
  expect(faults(all.map(({ commands }) => fixLine(fixAsRoot(commands, "dev"))))).toEqual([]);
  const asRoot = (...fix: string[][]) => fixLine(fixAsRoot(fix, "dev"));
  expect(asRoot(["claude-ops", "session", "trash", "--empty"])).toBe(
    "sudo -iu dev claude-ops session trash --empty",
  );
  expect(asRoot(["claude-ops", "cleanup"])).toBe("claude-ops cleanup");
  expect(asRoot(["sudo", "mv", "a", "b"], ["claude-ops", "doctor", "--fix"])).toBe(
    "sudo mv a b && claude-ops doctor --fix",
  );
  expect(asRoot(["sh", "-c", "rm /a/b*"])).toBe("sudo -iu dev sh -c 'rm /a/b*'");
});

test("an operator is told how to type it from afar, whatever an inventory calls the host", async () => {
  const all = await findings();
  const way = {
    target: { ...parseTarget("ada@[2001:db8::1]:2222"), text: "web1" },
    user: "ada",
    configFile: "my config",
  };
  expect(faults(all.map((finding) => fixLine(fixFromHere(finding, "system", way))))).toEqual([]);
  const mended = (...fix: string[]) => mendedBy([fix], all[0]!);
  const from = (...fix: string[]) => fixLine(fixFromHere(mended(...fix), "system", way));
  const options = "'ada@[2001:db8::1]:2222' --ssh-config 'my config'";
  expect(from("claude-ops", "doctor", "--fix")).toBe(`claude-ops doctor --fix ${options}`);
  expect(from("claude-ops", "session", "list")).toBe(`claude-ops session list ${options}`);
  expect(from("timedatectl", "set-ntp", "true")).toBe(
    "ssh -t -F 'my config' -p 2222 ada@2001:db8::1 'sudo timedatectl set-ntp true'",
  );
  const root = { target: parseTarget("root@devbox"), user: "root", configFile: undefined };
  const check = mended("sudo", "-iu", "dev", "claude-ops", "config", "check");
  expect(fixLine(fixFromHere(check, "system", root))).toBe(
    "ssh -t root@devbox 'sudo -iu dev claude-ops config check'",
  );
  const fixFromAfar = ["claude-ops", "install", "--user", "dev", "--via-ssh"];
  expect(fixLine(fixFromHere({ ...check, fixFromAfar }, "system", root))).toBe(
    "claude-ops install --user dev --via-ssh root@devbox",
  );
});

test("a user whom sudo lets do nothing there is told no sudo", async () => {
  const [finding] = await findings();
  const way = { target: parseTarget("ada@devbox"), user: "ada", configFile: undefined };
  const logIn: Fix = [["claude-session", "--", "auth", "login"]];
  expect(fixLine(fixFromHere(mendedBy(logIn, finding!), "home", way))).toBe(
    "ssh -t ada@devbox 'claude-session -- auth login'",
  );
});

test("an older host that tells the line alone is understood", () => {
  const texts = { title: "t", expected: "e", actual: "a", why: "w" };
  const [finding] = findingsFrom([{ id: "i", status: "broken", ...texts, fix: "rm a && ls" }]);
  const way = { target: parseTarget("ada@devbox"), user: "root", configFile: undefined };
  expect(fixLine(fixFromHere(finding!, "system", way))).toBe("ssh -t ada@devbox 'rm a && ls'");
});

test("what is no command is told from what is one", () => {
  expect(faultsIn("ssh -t root@a claude-ops updat --chek")).toHaveLength(1);
  expect(faultsIn("claude-ops update --chek && claude-ops doctor --fix")).toHaveLength(1);
  expect(faultsIn("claude-session login --detatch")).toHaveLength(1);
  expect(untypable("claude-ops update --to VERSION")).toHaveLength(1);
  expect(untypable("remove the named files")).toHaveLength(1);
  expect(untypable("rm 'a")).toHaveLength(1);
});
