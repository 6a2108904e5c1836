import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parseConfig } from "../../src/config/parse.ts";
import { faultsIn, short } from "../pages/command_tree.ts";
import { bare, blocksOf, isLeftOut, pages } from "../pages/page.ts";

/** Where tests type commands: test/process/pages.test.ts and test/host/pages.test.ts. */
const PLACES = ["in a home", "on a host", "on the operator's machine"];
const blocks = pages.flatMap(blocksOf);

test("commands of pages are run, but for those with a reason", () => {
  const unplaced = blocks.filter((block) =>
    block.steps.length > 0 && !isLeftOut(block) && !PLACES.includes(block.typed ?? "")
  );
  expect(unplaced.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  const leftOut = blocks.flatMap(({ page, notRun }) => notRun.map(({ reason }) => `${page}: ${reason}`));
  expect([...new Set(leftOut)]).toEqual([
    "README.md: test/host/demo.test.ts runs the demo, which checks each of its claims",
    "README.md: test/host/demo.test.ts runs the one, and is run by the other",
    "README.md: the tests run what it has made",
    "ansible/README.md: test/host/ansible.test.ts does the same, where Ansible is to be had",
    "docs/benchmarks.md: it takes a quarter of an hour of an idle machine",
    "docs/contributing.md: so the tests themselves are started",
    "docs/quick-start.md: the tests run what it has made",
  ]);
});

test("no command hides in a block that is not marked as commands", () => {
  const hidden = blocks.filter((block) =>
    !["sh", "console"].includes(block.language) && !isLeftOut(block) &&
    /^ *(\$ |(claude|ssh|ansible|scripts)[\w/-]* \S)/m.test(block.text)
  );
  expect(hidden.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
});

test.each(pages)("%s names only commands and options that there are", (page) => {
  const prose = readFileSync(page, "utf8").replace(/^( *)```[^]*?^ *```$/gm, "");
  const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code!.replace(/\s+/g, " "));
  const typed = blocksOf(page).flatMap(({ steps }) => steps.map(({ command }) => bare(command)));
  const all = [...inline.map((code) => short(code) ? `claude-ops ${code}` : code), ...typed];
  // With a gap in it, it may be what is said and not what is typed.
  const isSaid = (text: string, fault: string) => text.includes("…") && fault.includes("unknown command");
  expect(all.flatMap((text) => faultsIn(text).filter((fault) => !isSaid(text, fault)))).toEqual([]);
});

test.each(pages)(
  "%s names only files of the project that there are, and links that lead somewhere",
  (page) => {
    const text = readFileSync(page, "utf8");
    const paths = [...text.matchAll(/`((?:src|test|scripts|docs|demo|release|ansible)\/[\w./-]+)`/g)].map((
      [, path],
    ) => path!);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) =>
      !/^https?:/.test(link)
    );
    expect(links.filter((link) => !leads(link, page))).toEqual([]);
  },
);

function leads(link: string, page: string): boolean {
  const [file, anchor] = link.split("#") as [string, string?];
  const target = file === "" ? page : join(dirname(page), file);
  if (!existsSync(target) || anchor === undefined) return existsSync(target);
  const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-")
  );
  return headings.includes(anchor);
}

test("configurations on pages are right", () => {
  const drafts = blocks.filter(({ language }) => language === "toml");
  expect(drafts.length).toBeGreaterThan(4);
  const problems = drafts.flatMap(({ page, text }) => parseConfig(page, text).problems);
  expect(problems).toEqual([]);
});

test("messages that one may look up are messages that there are", () => {
  const page = readFileSync("docs/troubleshooting.md", "utf8");
  const [, table] = page.split("## By the message");
  const messages = table!.split("\n").flatMap((row) => [...row.split("|")[1]?.matchAll(/`([^`]+)`/g) ?? []])
    .map(([, message]) => message!).filter((message) => message.includes(" "));
  expect(messages.length).toBeGreaterThan(20);
  const sources = globSync("src/**/*.ts").map((file) => readFileSync(file, "utf8")).join("\n");
  // What differs from case to case is an ellipsis, a name in capitals or a number.
  const said = (message: string) =>
    message.split(/…|\b[A-Z]{4,}\b|\d+/).map((part) => part.trim()).filter((part) => part.length > 3);
  expect(messages.filter((message) => !said(message).every((part) => sources.includes(part)))).toEqual([]);
});
