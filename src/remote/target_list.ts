import { readFileSync } from "node:fs";
import { Failure, UsageFailure } from "../errors.ts";
import { ansibleHosts } from "./ansible_inventory.ts";
import { failedHosts } from "./failed_hosts.ts";
import { parseTarget, type Target } from "./target.ts";

/** A word that stands for several hosts. */
const several = /^@(?<file>.+?)(?::(?<group>[\w.-]+))?$/;

/**
 * The hosts that the words of a command line mean, each once: `[user@]host[:port]`; `@FILE` all of a list or of an Ansible
 * inventory and `@FILE:GROUP` a group of it; `@failed` those that failed when several were last worked on.
 * @throws {UsageFailure} for what is no host
 * @throws {Failure} for a file that cannot be read, or has no such group
 */
export async function expandTargets(words: readonly string[]): Promise<Target[]> {
  const found = new Map<string, Target>();
  for (const word of words) {
    for (const target of await meant(word)) found.set(target.text, target);
  }
  return [...found.values()];
}

async function meant(word: string): Promise<Target[]> {
  const { file, group } = several.exec(word)?.groups ?? {};
  if (file === undefined) return [parseTarget(word)];
  if (word === "@failed") return failedHosts();
  const text = readList(file);
  const hosts = isPlainList(text) ? plainHosts(text, file, group) : await ansibleHosts(file, group ?? "all");
  if (hosts === undefined) {
    throw new Failure(`${file} has no group ${group}`, { hint: "groups are its [headings]" });
  }
  if (hosts.length === 0) throw new UsageFailure(`${word} names no host`, "write one a line");
  return hosts;
}

function readList(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(`cannot read the hosts in ${file}`, {
      hint: "@FILE is a list of hosts, one a line, or an Ansible inventory",
      cause: error,
    });
  }
}

const linesOf = (text: string) => text.split("\n").map((line) => line.replace(/(^|\s)#.*/, "").trim());

/** One host a line, and `[group]` headings; ranges, variables and YAML are for Ansible to read. */
function isPlainList(text: string): boolean {
  const heading = /^\[[\w.-]+\]$/;
  const name = /^[^\s[\]{}:!-][^\s[\]]*(?<!:)$/;
  const address = /^([^\s@]+@)?\[[^\s\]]*:[^\s\]]*:[^\s\]]*\](:\d+)?$/;
  return linesOf(text).every((line) =>
    line === "" || [heading, name, address].some((form) => form.test(line))
  );
}

function plainHosts(text: string, file: string, group: string | undefined): Target[] | undefined {
  const hosts: Target[] = [];
  let heading: string | undefined;
  let seen = group === undefined || group === "all";
  for (const [index, line] of linesOf(text).entries()) {
    const named = /^\[(.*)\]$/.exec(line)?.[1];
    if (named !== undefined) heading = named;
    else if (line !== "" && (group === undefined || group === "all" || heading === group)) {
      hosts.push(targetOf(line, `${file}:${index + 1}`));
    }
    seen ||= heading === group;
  }
  return seen ? hosts : undefined;
}

function targetOf(line: string, where: string): Target {
  try {
    return parseTarget(line);
  } catch (error) {
    if (error instanceof UsageFailure) throw new UsageFailure(`${where}: ${error.message}`, error.hint);
    throw error;
  }
}
