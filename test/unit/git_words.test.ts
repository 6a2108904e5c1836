import { expect, test } from "vitest";
import { gitUses } from "../../src/guard/git_words.ts";

test.each([
  ["git commit -m 'a; git push'", [{ verb: "commit" }]],
  ["npm test && git commit -qam x && git push origin main", [{ verb: "commit" }, { verb: "push" }]],
  ["cd ../other && git switch -c new", [{ verb: "switch", directory: "../other" }]],
  ["cd a; cd b\ngit checkout .", [{ verb: "checkout", directory: "a/b" }]],
  ["git -C '/my repo' -c user.name=x commit", [{ verb: "commit", directory: "/my repo" }]],
  ["GIT_EDITOR=true sudo /usr/bin/git push", [{ verb: "push" }]],
  ['git commit -m "$(cat <<EOF\nit\'s (done)\nEOF\n)"', [{ verb: "commit" }]],
  ["(cd x && git commit) | tee log", [{ verb: "commit", directory: "x" }]],
  ["git --no-pager log --grep commit", []],
  ["echo git commit; git status; grep 'git push' README", []],
  ["legit commit", []],
])("%s", (line, uses) => {
  expect(gitUses(line)).toEqual(uses);
});

test("a line of a megabyte is looked at in no time", () => {
  const before = performance.now();
  expect(gitUses(`git push ${"'\"\\".repeat(300_000)}`)).toEqual([{ verb: "push" }]);
  expect(performance.now() - before).toBeLessThan(1000);
});
