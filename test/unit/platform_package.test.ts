import { expect, test } from "vitest";
import { platformPackage } from "../../src/updates/package.ts";

test.each([
  [{ os: "linux", arch: "x64" }, "@anthropic-ai/claude-code-linux-x64"],
  [{ os: "linux", arch: "x64", libc: "musl" as const }, "@anthropic-ai/claude-code-linux-x64-musl"],
  [{ os: "linux", arch: "arm64", libc: "glibc" as const }, "@anthropic-ai/claude-code-linux-arm64"],
  [{ os: "linux", arch: "arm64", libc: "musl" as const }, "@anthropic-ai/claude-code-linux-arm64-musl"],
  [{ os: "darwin", arch: "arm64" }, "@anthropic-ai/claude-code-darwin-arm64"],
])("%j takes %s", (platform, name) => expect(platformPackage(platform)).toBe(name));

test("a machine that Claude Code is not made for is named", () => {
  expect(() => platformPackage({ os: "linux", arch: "riscv64" })).toThrow("not made for linux on riscv64");
  expect(() => platformPackage({ os: "../x", arch: "x64" })).toThrow("not made for");
});
