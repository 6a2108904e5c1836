import { expect, test } from "vitest";
import { Failure } from "../../src/errors.ts";
import { sinceWhen } from "../../src/config/since.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { checkName, quoted } from "../../src/sessions/name.ts";
import { COUNT, forAll, type Make, steering } from "./generated.ts";

// Words as people, scripts and models may give them.

/** The result, or the failure's words for it. */
function tried<T>(work: () => T): T | Failure {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const word = (make: Make, like: readonly string[]) =>
  make.below(3) ? make.damaged(make.one(like)) : make.text();

test(`of ${COUNT * 5} targets each is a host without anything that a shell or ssh would read otherwise, or refused`, async () => {
  const like = ["me@box", "box:22", "[::1]:2222", "::1", "ssh://me@box:22/", "a.b.c", "é.example"];
  await forAll((make) => {
    const target = tried(() => parseTarget(word(make, like)));
    if (target instanceof Failure) return;
    for (const part of [target.alias, target.user ?? "u"]) {
      expect(part).toMatch(/^[^-\s'"`$\\;&<>|(){}/][^\s'"`$\\;&<>|(){}/]*$/);
      expect(part).not.toMatch(/\p{Cc}/u);
    }
    expect(target.port ?? 22).toBeOneOf([expect.any(Number)]);
    expect((target.port ?? 22) > 0 && (target.port ?? 22) < 65536).toBe(true);
  }, COUNT * 5);
});

test(`of ${COUNT * 5} names of sessions each that is taken is safe on a terminal, in a path and on a command line`, async () => {
  await forAll((make) => {
    const name = word(make, ["one", "fix-login", "a b", "日本", "a.b_c"]);
    if (tried(() => checkName(name)) instanceof Failure) return;
    expect(steering(name)).toEqual([]);
    expect(name).not.toMatch(/[/\\\n\t]|^-|^\.\.?$|^$/);
    expect(quoted(name)).toMatch(/^[\w.@%+=:,/-]+$|^'(?:[^']|'\\'')*'$/);
  }, COUNT * 5);
});

test(`of ${COUNT} points in time each is one, or refused`, async () => {
  await forAll((make) => {
    const time = tried(() => sinceWhen(word(make, ["2 days", "yesterday", "2026-01-02", "3h", "12:00"])));
    if (!(time instanceof Failure)) expect(Number.isNaN(Date.parse(time))).toBe(false);
  });
});
