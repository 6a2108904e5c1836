import { readOwnFile, type Unreadable } from "../runtime/files.ts";

/** What a `.claude.json` holds. */
export type ClaudeConfig = Record<string, unknown>;

/** Something that a person decided in a session, as its `.claude.json` has it. */
export interface Decision {
  /** `trust:DIR`, `imports:DIR`, `mcp:NAME`, `mcp:NAME@DIR` or `preference:NAME`. */
  key: string;
  kind: "trust" | "imports" | "mcp" | "preference";
  /** The only directory that it is for. */
  directory?: string;
  /** The names that lead to it in the file. */
  path: readonly string[];
  value: unknown;
}

/**
 * What `/config` writes into `.claude.json` and not into settings.json (2.1.329). Everything else at the top of the file
 * is Claude Code's own: identities, counts, caches, what was shown once, the account.
 */
const preferences = [
  "autoConnectIde",
  "claudeInChromeDefaultEnabled",
  "copyFullResponse",
  "copyOnSelect",
  "defaultToAgentsView",
  "externalEditorContext",
  "leftArrowOpensAgents",
  "prStatusFooterEnabled",
  "respectGitignore",
  "workflowSizeGuideline",
];

/** Larger ones are not worth the time of a start; a long-used one has some hundred KiB. */
const largest = 8 << 20;

/** The `.claude.json` at a path; undefined when there is none. Never throws. */
export function readConfig(path: string): { config: ClaudeConfig } | Unreadable | undefined {
  const text = readOwnFile(path, largest);
  if (typeof text !== "string") return text;
  try {
    const config: unknown = JSON.parse(text);
    return isObject(config) ? { config } : { unreadable: "no JSON object" };
  } catch {
    return { unreadable: text.trim() === "" ? "empty" : "no complete JSON" };
  }
}

/**
 * All decisions in a config. Permissions are not among them: they are granted into the project's own settings, and the
 * `allowedTools` of older versions count no more; what was approved of a `.mcp.json` moves there too (2.1.329).
 */
export function decisionsOf(config: ClaudeConfig): Decision[] {
  const found: Decision[] = servers(config, [], "");
  for (const [directory, project] of entries(config.projects)) {
    if (!directory.startsWith("/") || !isObject(project)) continue;
    const local = servers(project, ["projects", directory], `@${directory}`);
    found.push(...local.map((server) => ({ ...server, directory })));
    if (project.hasTrustDialogAccepted === true) found.push(trustOf(directory));
    if (project.hasClaudeMdExternalIncludesApproved === true) {
      const path = ["projects", directory, "hasClaudeMdExternalIncludesApproved"];
      found.push({ key: `imports:${directory}`, kind: "imports", directory, path, value: true });
    }
  }
  for (const name of preferences) {
    const value = config[name];
    if (!["boolean", "string"].includes(typeof value)) continue;
    found.push({ key: `preference:${name}`, kind: "preference", path: [name], value });
  }
  return found;
}

/** That somebody accepted the trust dialog for a directory. */
export function trustOf(directory: string): Decision {
  const path = ["projects", directory, "hasTrustDialogAccepted"];
  return { key: `trust:${directory}`, kind: "trust", directory, path, value: true };
}

function servers(config: ClaudeConfig, above: string[], suffix: string): Decision[] {
  return entries(config.mcpServers).filter(([, value]) => isObject(value)).map(([name, value]) => ({
    key: `mcp:${name}${suffix}`,
    kind: "mcp",
    path: [...above, "mcpServers", name],
    value,
  }));
}

/** What a config has at a path; undefined where the path leads nowhere. */
export function at(config: ClaudeConfig, path: readonly string[]): unknown {
  let value: unknown = config;
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

/** Puts a decision into a config; false where something else than an object is in its way. */
export function put(config: ClaudeConfig, { path, value }: Decision): boolean {
  let level = config;
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(level, name) ? level[name] : level[name] = {};
    if (!isObject(next)) return false;
    level = next;
  }
  level[path.at(-1)!] = value;
  return true;
}

/**
 * Whether a config has not decided this: a refusal of a CLAUDE.md's imports is a decision too, while the trust dialog
 * leaves none behind when it is refused (2.1.329).
 */
export function isOpen(config: ClaudeConfig, { kind, path }: Decision): boolean {
  const value = at(config, path);
  if (kind === "trust") return value !== true;
  if (kind === "imports") {
    return !value && !at(config, [...path.slice(0, -1), "hasClaudeMdExternalIncludesWarningShown"]);
  }
  return value === undefined;
}

/** Whether two values of JSON are equal; the order of an object's names does not matter. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, i) => isSame(value, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A name that would reach an object's prototype is none that Claude Code takes. */
const entries = (value: unknown): [string, unknown][] =>
  isObject(value) ? Object.entries(value).filter(([name]) => name !== "__proto__") : [];
