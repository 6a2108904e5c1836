import { type Registry, startRegistry } from "../registry.ts";
import { type Host, Lab } from "./lab.ts";
import { BINARY, type Operator } from "./ops.ts";

export const VERSION = "2.1.329";
/** What a host's root runs. */
export const PROGRAM = "/usr/local/bin/claude-ops";
/** The same program in another place. */
export const SPARE = "/opt/claude-ops";

/** A registry that hosts reach. */
export async function registryForHosts(): Promise<Registry> {
  return await startRegistry({ address: await Lab.bridge() });
}

/** From now on, root of this host finds that registry by npm's settings. */
export async function useRegistry(host: Host, { url }: Pick<Registry, "url">): Promise<void> {
  await host.sh("cat >/root/.npmrc", { input: `registry=${url}\n` });
}

/** A host with user `dev`, installed over SSH, whose root finds the registry by npm's settings. */
export async function managedHost(operator: Operator, registry: Registry, version = VERSION): Promise<Host> {
  const host = await Lab.host();
  await useRegistry(host, registry);
  await host.put(BINARY, SPARE);
  const installed = await operator.summary(
    ["install", `host${host.number}`, "--user", "dev", "--claude-version", version],
    { timeout: 240_000 },
  );
  if (!installed.ok) throw new Error(JSON.stringify(installed));
  return host;
}

export interface Answer {
  exit: number;
  // deno-lint-ignore no-explicit-any
  said: any;
}

/** Runs claude-ops on a host with `--json`, as root or through other words in front. */
export async function ask(host: Host, words: string[], program: string[] = [PROGRAM]): Promise<Answer> {
  const out = await host.exec(["sh", "-c", '"$@"; echo "$?"', "sh", ...program, ...words, "--json"]);
  const lines = out.trim().split("\n");
  return { exit: Number(lines.at(-1)), said: JSON.parse(lines.at(-2)!) };
}
