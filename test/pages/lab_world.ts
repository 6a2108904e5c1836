import { appendFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { script } from "../unit/scratch.ts";
import { type Host, Lab } from "../host/lab.ts";
import { BINARY, Operator } from "../host/ops.ts";
import { realReleases } from "../host/real_releases.ts";
import { NEWEST_VERIFIED } from "../../src/claude/versions.ts";
import type { SmallRegistry } from "../small_registry.ts";
import { Shell } from "./shell.ts";
import type { World } from "./stage.ts";
import { useRegistry } from "../host/managed_host.ts";

/** What pages call hosts, by which of the two it is here. */
const NAMES: [string, ...string[]][] = [["devbox", "one", "web1"], ["buildbox", "two", "web2"]];

/** An operator's machine with a checkout that is built, and two hosts that it reaches under the names of the pages. */
export class LabWorld implements World {
  readonly places: Record<string, string> = {};
  readonly prompts = { "on the operator's machine": "", "on a host": "claude@devbox" };
  readonly #shells = new Map<string, Shell>();

  private constructor(
    readonly hosts: Host[],
    readonly registry: SmallRegistry,
    readonly operator: Operator,
  ) {}

  static async start(): Promise<LabWorld> {
    const registry = await realReleases(["2.1.329", NEWEST_VERIFIED], NEWEST_VERIFIED);
    const hosts = await Promise.all(NAMES.map(() => Lab.host()));
    for (const host of hosts) {
      await useRegistry(host, registry);
    }
    for (const [at, [name]] of NAMES.entries()) {
      await hosts[at]!.exec(["sh", "-c", `hostname ${name}; echo 127.0.0.1 ${name} >>/etc/hosts`]);
    }
    const operator = new Operator();
    // What people have at the start: a login, here as a token, and no network but to a model of ours.
    const world = new LabWorld(hosts, registry, operator);
    world.#prepare();
    const second = await operator.summary(["install", `host${hosts[1]!.number}`, "--claude-version", "none"]);
    if (!second.ok) throw new Error(JSON.stringify(second));
    return world;
  }

  #prepare(): void {
    const { home } = this.operator;
    mkdirSync(join(home, ".ssh"));
    const config = join(home, ".ssh/config");
    for (const [at, names] of NAMES.entries()) {
      appendFileSync(config, `Host ${names.join(" ")}\n  HostName ${this.hosts[at]!.address}\n`);
    }
    // Nobody listens there.
    appendFileSync(config, "Host db1\n  HostName 127.0.0.1\n  Port 9\n");
    const known = `UserKnownHostsFile ${Lab.knownHosts}`;
    appendFileSync(config, `Host *\n  IdentityFile ${Lab.key}\n  ${known}\n  User root\n`);
    mkdirSync(join(home, "bin"));
    mkdirSync(join(home, "claude-ops/dist"), { recursive: true });
    // The real ssh asks the account, not HOME, where its configuration is.
    script(join(home, "bin/ssh"), `exec /usr/bin/ssh -F ${config} -o BatchMode=yes -o LogLevel=ERROR "$@"`);
    for (const place of ["bin", "claude-ops/dist"]) symlinkSync(BINARY, join(home, place, "claude-ops"));
  }

  /** That of the operator, or of `user@host`. */
  shell(prompt: string): Shell {
    const { home } = this.operator;
    const argv = ["bash", "--noprofile", "--norc"];
    const env = {
      HOME: home,
      PATH: `${home}/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
      LANG: "C.UTF-8",
      TERM: "xterm",
    };
    const known = this.#shells.get(prompt);
    const shell = known && !known.hasEnded ? known : new Shell(
      prompt === "" ? argv : [`${home}/bin/ssh`, prompt, "bash -l"],
      env,
      join(home, "claude-ops"),
    );
    this.#shells.set(prompt, shell);
    return shell;
  }

  async stop(): Promise<void> {
    for (const shell of this.#shells.values()) await shell.end();
    await Promise.all(this.hosts.map((host) => host.down()));
    await this.registry.stop();
    this.operator.remove();
  }
}
