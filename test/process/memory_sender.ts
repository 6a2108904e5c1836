/** Sends what waits, as `memory sync` does. Arguments: DIRECTORY URL */
import { configOf } from "../../src/config/schema.ts";
import { sync } from "../../src/memory/sync.ts";
import { Database } from "../../src/store/database.ts";

const [directory, url] = process.argv.slice(2) as [string, string];
const config = configOf(new Map([["memory.sync_url", url]]));
await sync(new Database(directory), config, process.env, { everything: true });
