import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TERMINAL } from "../process/at_terminal.ts";
import { freshHost } from "./fresh_host.ts";
import { Lab } from "./lab.ts";
import { run } from "./login_host.ts";
import { NarrowWay } from "./narrow_way.ts";
import { BINARY, Operator } from "./ops.ts";

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";

/** Before a command: a terminal of a size, on which running work is drawn over. */
const SIZED = ["sh", "-c", 'stty cols 100 rows 24; exec "$@"', "sh"];

// What a log has comes after half a minute.
test.runIf(FULL)(
  "a host that freezes is said to tell nothing, at a terminal and in a log, and is given up",
  async () => {
    const [host, operator] = [await freshHost(), new Operator()];
    const ways = await Promise.all([0, 1].map(() => NarrowWay.to(host, 4 << 20)));
    const config = join(operator.home, "plain");
    const blocks = ways.map((way, n) => way.block(`narrow${n}`)).join("");
    writeFileSync(
      config,
      blocks + readFileSync(Lab.sshConfig, "utf8").replace("Host host*", "Host *\n  ServerAliveInterval 10"),
    );
    const install = (n: number) => [BINARY, "install", `narrow${n}`, "--check", "--ssh-config", config];
    const options = { env: { HOME: operator.home, LANG: "C.UTF-8" }, timeout: 110_000 };
    const started = performance.now();
    const both = [
      run(install(0), options).then(({ stderr }) => stderr),
      run(["python3", "-c", TERMINAL, JSON.stringify([...SIZED, ...install(1)]), "[]"], options).then((
        { stdout },
      ) => String(stdout)),
    ];
    await Promise.all(ways.map((way) => way.full));
    await host.freeze();
    const [log, screen] = await Promise.all(both);
    await host.thaw();
    for (const way of ways) way.close();
    operator.remove();
    expect(performance.now() - started).toBeGreaterThan(30_000);
    for (const said of [log, screen]) {
      expect(said).toMatch(
        /lost the connection to narrow\d: no sign of life for 40 s/,
      );
    }
    expect(log).toMatch(/^· claude-ops {2}sending [\d.]+ MB of \d+ MB {2}nothing new for 30 s$/m);
    expect(screen).toMatch(/claude-ops {2}sending [\d.]+ MB of \d+ MB\S* {2}nothing new for 1\d s/);
  },
);
