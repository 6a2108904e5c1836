import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { distinctHosts } from "../../src/remote/same_host.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { scratch } from "./scratch.ts";

test("names that lead to the same user of the same host are one host", async () => {
  const configFile = join(scratch(), "config");
  writeFileSync(
    configFile,
    "Host box b\n HostName 10.0.0.1\n User root\nHost far\n HostName 10.0.0.1\n User root\n ProxyJump gate\n" +
      "Host bad\n Port none\n",
  );
  const words = ["box", "root@10.0.0.1", "b", "b:22", "dev@b", "b:2222", "far", "bad", "[::1]", "::1"];
  const { targets, repeated } = await distinctHosts(words.map(parseTarget), { configFile, env: {} });
  expect(targets.map(({ text }) => text)).toEqual(["box", "dev@b", "b:2222", "far", "bad", "[::1]"]);
  expect(Object.fromEntries(repeated)).toEqual({
    "root@10.0.0.1": "box",
    b: "box",
    "b:22": "box",
    "::1": "[::1]",
  });
});
