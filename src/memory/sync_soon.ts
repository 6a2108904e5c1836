import type { Config } from "../config/schema.ts";
import { startDetached } from "../runtime/detach.ts";
import { selfCommand } from "../runtime/self.ts";

/** What was saved is sent on and prepared for search by a process in the background, which nobody waits for. */
export function syncSoon({ memory }: Config): void {
  if (memory.sync_command.length === 0 && memory.sync_url === "" && memory.embedding_url === "") return;
  startDetached([...selfCommand(), "memory", "sync", "--due", "--json"]);
}
