import { expect, test } from "vitest";
import { UsageFailure } from "../../src/errors.ts";
import { parseTarget } from "../../src/remote/target.ts";

test.each([
  ["box", { alias: "box" }],
  ["root@box", { alias: "box", user: "root" }],
  ["root@box:2222", { alias: "box", user: "root", port: 2222 }],
  ["first@corp@box", { alias: "box", user: "first@corp" }],
  ["10.0.0.5:22", { alias: "10.0.0.5", port: 22 }],
  ["[::1]:2222", { alias: "::1", port: 2222 }],
  ["root@[fe80::1%eth0]", { alias: "fe80::1%eth0", user: "root" }],
  ["::1", { alias: "::1" }],
  ["ssh://root@box:2222", { alias: "box", user: "root", port: 2222 }],
  ["ssh://[::1]:2222/", { alias: "::1", port: 2222 }],
])("%s is a target", (text, parts) => {
  expect(parseTarget(text)).toEqual({ text, ...parts });
});

test.each([
  ...[
    "",
    "@box",
    "root@",
    "a b",
    "box\n",
    "-oProxyCommand=x",
    "-l@box",
    "root@-box",
    "a/b",
    "box:0",
    "box:65536",
  ],
  ...[
    "box:",
    "box:ssh",
    "box:1e3",
    "a:b:c",
    "[::1",
    "[]:22",
    "box;id",
    "$(id)",
    "`id`@box",
    "a\0b",
    "ssh://",
    "http://box",
  ],
])("%j is refused", (text) => {
  expect(() => parseTarget(text)).toThrow(UsageFailure);
});
