import { execFile } from "node:child_process";
import { errno, Failure } from "../errors.ts";
import { parseTarget, type Target } from "./target.ts";

/** What `ansible-inventory --list` prints (ansible-core 2.14): a group's name to its members, and the hosts' variables. */
interface Listing {
  _meta?: { hostvars?: Record<string, Record<string, unknown>> };
  [group: string]: unknown;
}

/**
 * The hosts of a group of an Ansible inventory, as Ansible itself understands it: INI, YAML, directories, plugins. Of a
 * host's variables, `ansible_host`, `ansible_port` and `ansible_user` count; the rest of how to get there is ssh's
 * configuration.
 * @returns undefined where there is no such group
 * @throws {Failure} where Ansible is missing or cannot read it
 */
export async function ansibleHosts(file: string, group: string): Promise<Target[] | undefined> {
  const listing = JSON.parse(await list(file)) as Listing;
  if (!(group in listing)) return group === "all" ? [] : undefined;
  const variables = listing._meta?.hostvars ?? {};
  return [...membersOf(listing, group)].map((name) => targetOf(name, variables[name] ?? {}));
}

function list(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: 60_000, maxBuffer: 64 * 2 ** 20, encoding: "utf8" } as const;
    execFile("ansible-inventory", ["-i", file, "--list"], options, (error, stdout, stderr) => {
      // It exits with 0 also where it could read nothing, and says so on stderr.
      const complaint = /unable to parse|failed to parse/i.test(stderr)
        ? stderr
        : error && (stderr || error.message);
      if (!complaint) return resolve(stdout);
      reject(errno(error) === "ENOENT" ? missing(file) : unreadable(file, complaint));
    });
  });
}

function missing(file: string): Failure {
  return new Failure(`${file} is more than a list of hosts, and Ansible is not here to read it`, {
    hint: "install ansible-core, or write one host a line below [group] headings",
  });
}

function unreadable(file: string, complaint: string): Failure {
  const line = complaint.split("\n").map((line) => line.trim()).find((line) =>
    /error|parse|warning/i.test(line)
  );
  return new Failure(`Ansible cannot read ${file}: ${(line ?? complaint).slice(0, 300)}`, {
    hint: `ansible-inventory -i ${file} --list says more`,
  });
}

function membersOf(listing: Listing, group: string, seen = new Set<string>()): Set<string> {
  if (seen.has(group)) return new Set();
  seen.add(group);
  const { hosts = [], children = [] } = (listing[group] ?? {}) as { hosts?: string[]; children?: string[] };
  return new Set([...hosts, ...children.flatMap((child) => [...membersOf(listing, child, seen)])]);
}

function targetOf(name: string, variables: Record<string, unknown>): Target {
  const text = (key: string) => variables[key] === undefined ? undefined : String(variables[key]);
  const host = text("ansible_host") ?? name;
  const user = text("ansible_user") ?? text("ansible_ssh_user");
  const port = text("ansible_port") ?? text("ansible_ssh_port");
  const place = host.includes(":") ? `[${host}]` : host;
  return { ...parseTarget(`${user ? `${user}@` : ""}${place}${port ? `:${port}` : ""}`), text: name };
}
