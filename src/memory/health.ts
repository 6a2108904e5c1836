import { statSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import type { Config } from "../config/schema.ts";
import { backups, faultIn } from "../store/backup.ts";
import { damagedFiles } from "../store/daily_backup.ts";
import type { Database } from "../store/database.ts";
import { embedderOf } from "./embedder.ts";
import { count } from "./list.ts";
import { countWaiting, waiting } from "./outbox.ts";
import { receiverOf } from "./receiver.ts";
import { countMissing } from "./vectors.ts";

/** One thing that was looked at. */
export interface Check {
  id: string;
  status: "ok" | "warning" | "failed";
  /** One line for people. */
  actual: string;
  /** What mends it. */
  fix?: string;
}

const day = 86_400_000;

/** Looks at all that memory rests on. Takes a moment with many memories: the index is compared with every text. */
export function examine(database: Database, config: Config, env: Environment): Check[] {
  return [
    content(database),
    index(database),
    backup(database),
    ...restored(database),
    ...setAside(database),
    ...services(database, config, env),
  ];
}

/** Makes the index anew from the texts. */
export function rebuildIndex(database: Database): void {
  database.write(() => database.run("INSERT INTO memory_text (memory_text) VALUES ('rebuild')"));
}

function content(database: Database): Check {
  const rows = database.all<{ integrity_check: string }>("PRAGMA integrity_check(3)");
  const said = rows.map(({ integrity_check }) => integrity_check).join("; ");
  const size = statSync(database.path).size;
  if (said !== "ok") {
    return { id: "database", status: "failed", actual: said, fix: "claude-ops memory doctor --fix" };
  }
  const [current, all] = [count(database, {}), count(database, { replaced: true })];
  const memories = `${current} ${current === 1 ? "memory" : "memories"}${
    all > current ? ` and ${all - current} replaced` : ""
  }`;
  return { id: "database", status: "ok", actual: `${memories}, ${(size / 1e6).toFixed(1)} MB, whole` };
}

function index(database: Database): Check {
  try {
    database.write(() =>
      database.run("INSERT INTO memory_text (memory_text, rank) VALUES ('integrity-check', 1)")
    );
    return { id: "index", status: "ok", actual: "the index has every text" };
  } catch (error) {
    const actual = `the index does not fit the texts: ${(error as Error).message}`;
    return { id: "index", status: "failed", actual, fix: "claude-ops memory doctor --fix" };
  }
}

function backup(database: Database): Check {
  const all = backups(database.path);
  const fix = "claude-ops cleanup";
  if (all.length === 0) return { id: "backup", status: "warning", actual: "there is no backup yet", fix };
  const newest = all.find(({ path }) => faultIn(path) === undefined);
  if (newest === undefined) {
    return { id: "backup", status: "failed", actual: `none of ${all.length} backups is whole`, fix };
  }
  const age = Math.floor((Date.now() - Date.parse(newest.takenAt)) / day);
  const actual = `the newest of ${all.length} is whole and ${age} d old`;
  return { id: "backup", status: age > 2 ? "warning" : "ok", actual, ...(age > 2 ? { fix } : {}) };
}

/** What repairs of the last month did. */
function restored(database: Database): Check[] {
  return database.all<{ at: string; message: string }>(
    "SELECT at, message FROM events WHERE type = 'database-restored' AND at > ? ORDER BY number",
    new Date(Date.now() - 30 * day).toISOString(),
  ).map(({ at, message }) => ({
    id: "restored",
    status: "warning" as const,
    actual: `${at.slice(0, 16).replace("T", " ")}: ${message}`,
  }));
}

function setAside(database: Database): Check[] {
  return damagedFiles(database.directory).map((
    name,
  ) => ({
    id: "set-aside",
    status: "ok" as const,
    actual: `${database.directory}/${name} is what was damaged; remove it once nothing is missed`,
  }));
}

function services(database: Database, config: Config, env: Environment): Check[] {
  const checks: Check[] = [];
  const [receiver, embedder] = [receiverOf(config), embedderOf(config, env)];
  const count = countWaiting(database);
  if (receiver !== undefined || count > 0) {
    const problem = waiting(database, 1000).find(({ problem }) => problem !== null)?.problem;
    const late = problem !== undefined;
    checks.push({
      id: "queue",
      status: late || (count > 0 && receiver === undefined) ? "warning" : "ok",
      actual: `${count} wait for ${receiver?.name ?? "a service that is no longer configured"}${
        late ? `: ${problem}` : ""
      }`,
      ...(late ? { fix: "claude-ops memory sync" } : {}),
    });
  }
  if (embedder !== undefined) {
    const missing = countMissing(database, embedder);
    checks.push({
      id: "meaning",
      status: missing > 0 ? "warning" : "ok",
      actual: missing > 0
        ? `${missing} memories are found by full text alone`
        : "all memories can be found by meaning",
      ...(missing > 0 ? { fix: "claude-ops memory sync" } : {}),
    });
  }
  return checks;
}
