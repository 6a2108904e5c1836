/** Run by store tests: writes numbered rows and says each one once it is acknowledged, until it is killed or done. */
import { writeSync } from "node:fs";
import { Database } from "../../src/store/database.ts";

const [directory, name, count] = process.argv.slice(2) as [string, string, string];
const db = new Database(directory);
for (let number = 0; number < Number(count); number++) {
  db.write(() =>
    db.run(
      "INSERT INTO state (scope, key, value, changed_by, changed_at) VALUES (?, ?, '1', '', '')",
      name,
      String(number),
    )
  );
  writeSync(1, `${number}\n`);
}
