import type { Environment } from "../claude/environment.ts";
import type { Config } from "../config/schema.ts";
import { ensureLayout, layoutOf } from "../sessions/paths.ts";
import { Database } from "../store/database.ts";
import { useOutbox } from "./outbox.ts";
import { receiverOf } from "./receiver.ts";

/** The memory of this user. What is saved and forgotten is queued too, where the configuration names a receiver. */
export function openMemory(env: Environment, config: Config): Database {
  const layout = layoutOf(env);
  ensureLayout(layout);
  const database = new Database(layout.ops);
  if (receiverOf(config) !== undefined) useOutbox(database);
  return database;
}
