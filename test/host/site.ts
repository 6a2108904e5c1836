import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import type { Registry } from "../registry.ts";
import { type Host, Lab } from "./lab.ts";
import { useRegistry } from "./managed_host.ts";
import { PROGRAM } from "./moments.ts";
import { BINARY, difference, Operator, ownedByUseradd, snapshot } from "./ops.ts";

/** Beside what an install makes, so that the program is there without being sent each time. */
const KEPT = "/root/claude-ops";

/** A host that is installed on and emptied again and again, and its operator. */
export class Site {
  private constructor(readonly operator: Operator, readonly host: Host, readonly fresh: string[]) {}

  /** @param registry where the host gets Claude Code from, if it does */
  static async make(registry?: Registry): Promise<Site> {
    const host = await Lab.host();
    await host.put(BINARY, KEPT);
    if (registry) await useRegistry(host, registry);
    const operator = new Operator();
    mkdirSync(`${operator.home}/skills/skills/one`, { recursive: true });
    writeFileSync(`${operator.home}/skills/skills/one/SKILL.md`, "one");
    return new Site(operator, host, await snapshot(host));
  }

  install(name = `host${this.host.number}`, claude = "none"): string[] {
    return [
      ...["install", name, "--user", "dev", "--claude-version", claude, "--login-shell"],
      ...["--shared", `${this.operator.home}/skills`],
    ];
  }

  /** Takes everything away, and puts the program back where it need not be sent. */
  async reset(keep: boolean): Promise<void> {
    const uninstall = [KEPT, "uninstall", "--purge", "--yes", "--json"];
    const said = await this.host.exec(["sh", "-c", '"$@" || :', "sh", ...uninstall]);
    expect(JSON.parse(said.trim().split("\n").at(-1)!)).toMatchObject({ ok: true });
    expect(await this.changed()).toEqual([]);
    if (keep) await this.host.exec(["ln", KEPT, PROGRAM]);
    await this.host.exec(["sync"]); // what was before is not lost with the power
  }

  /** What is not as on the fresh host, accounts aside. */
  async changed(): Promise<string[]> {
    return difference(this.fresh, await snapshot(this.host)).filter((line) => !ownedByUseradd(line));
  }

  async down(): Promise<void> {
    this.operator.remove();
    await this.host.down();
  }
}
