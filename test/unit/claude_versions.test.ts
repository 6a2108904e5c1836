import { expect, test } from "vitest";
import { support } from "../../src/claude/versions.ts";

test.each([
  ["2.0.77", "unsupported"],
  ["2.1.143", "unsupported"],
  ["2.1.144-beta.1", "unsupported"],
  ["2.1.144", "unverifiable"],
  ["2.1.267", "unverifiable"],
  ["2.1.268", "supported"],
  ["2.1.330", "supported"],
  ["2.1.331", "newer"],
  ["3.0.0", "newer"],
])("Claude Code %s is %s, and the reason names it", (version, expected) => {
  const verdict = support(version);
  expect(verdict.support).toBe(expected);
  expect(verdict.reason).toContain(version);
});

test("what is no version is not judged", () => {
  expect(() => support("latest")).toThrow(TypeError);
});
