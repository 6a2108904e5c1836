import { globSync, readFileSync } from "node:fs";

/** A command on a page, and what the page says that it prints. */
export interface Step {
  line: number;
  /** What stands before `$` or `#`: whose command it is; empty where the page itself tells. */
  prompt: string;
  command: string;
  /** Left out where the page shows no output. */
  expected?: string;
}

/** A fenced block, with what comments before it, which a reader does not see, say to the tests. */
export interface Block {
  page: string;
  line: number;
  language: string;
  text: string;
  steps: Step[];
  /** `<!-- typed: PLACE -->` before it, or below the page's title. */
  typed: string | undefined;
  /** `<!-- not run: REASON -->`, or ``<!-- not run `COMMAND`: REASON -->`` for one of several. */
  notRun: { command?: string; reason: string }[];
  /** `<!-- before: COMMANDS -->`: what makes the state that the page speaks of. */
  before: string[];
  /** `<!-- exit 3: COMMAND -->`: of a `sh` block all others end with 0. */
  exits: Map<string, number>;
  /** `<!-- terminal: {"COMMAND": [["text that is waited for", "keys"]]} -->` */
  keys: Map<string, [string, string][]>;
}

const generated = ["docs/commands.md", "docs/configuration.md"];

/** All pages, those made from the sources apart. */
export const pages: string[] = globSync(["*.md", "docs/*.md", "ansible/*.md"])
  .filter((page) => !generated.includes(page) && page !== "CHANGELOG.md").sort();

const fence = /((?:^<!-- (?:(?!-->)[^])*-->\n+)*)^( *)```(\w*)\n([^]*?)^ *```$/gm;

/** The fenced blocks of a page. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(page, "utf8");
  const typed = /^# .*\n\n<!-- typed: (.+) -->$/m.exec(text)?.[1];
  return [...text.matchAll(fence)].map((match) => {
    const [whole, comments, indent, language, inside] = match as unknown as string[];
    const body = inside!.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    const line = text.slice(0, match.index + whole!.indexOf("```")).split("\n").length;
    const block: Block = {
      ...{ page, line, language: language!, text: body, steps: stepsIn(language!, body, line) },
      ...{ typed, notRun: [], before: [], exits: new Map(), keys: new Map() },
    };
    for (const [, comment] of comments!.matchAll(/<!-- ([^]*?) ?-->/g)) obey(comment!, block);
    return block;
  });
}

function obey(comment: string, block: Block): void {
  const [, word, command, number, said] = /^([a-z ]+?)(?: `(.+)`| (\d+))?:\s+([^]*)$/.exec(comment.trim()) ??
    [];
  if (word === "not run") {
    block.notRun.push({ ...(command ? { command } : {}), reason: said!.replace(/\s+/g, " ") });
  } else if (word === "before") block.before.push(said!);
  else if (word === "exit") block.exits.set(said!, Number(number));
  else if (word === "terminal") block.keys = new Map(Object.entries(JSON.parse(said!)));
  else if (word === "typed") block.typed = said!;
  else throw new Error(`${block.page}:${block.line}: what is <!-- ${comment} -->?`);
}

const prompt = /^([a-z]+(?:@[a-z]+)?)?[$#] /;

function stepsIn(language: string, body: string, line: number): Step[] {
  const steps: Step[] = [];
  let at = line;
  for (const text of body.trimEnd().split("\n")) {
    at++;
    const last = steps.at(-1);
    if (language === "sh") {
      if (last?.command.endsWith("\\") || /^\s/.test(text)) last!.command += `\n${text}`;
      else if (text !== "" && !text.startsWith("#")) steps.push({ line: at, prompt: "", command: text });
    } else if (language === "console") {
      const [typed, who = ""] = prompt.exec(text) ?? [];
      if (typed !== undefined) {
        steps.push({ line: at, prompt: who, command: text.slice(typed.length), expected: "" });
      } else if (last?.expected === "" && text.startsWith("> ")) last.command += `\n${text.slice(2)}`;
      else last!.expected += `${text}\n`;
    }
  }
  return steps;
}

/** Whether a reason is given why this command, or the whole block, is not run. */
export const isLeftOut = ({ notRun }: Block, text?: string): boolean =>
  notRun.some(({ command }) => command === undefined || command === text);

/** A command of a `sh` block without what is said of it behind `#`. */
export const bare = (command: string): string => command.replace(/\s+# .*$/gm, "").trim();

/** The pages with commands that are typed in one of these places. */
export function pagesTyped(...places: string[]): string[] {
  const there = (block: Block) =>
    places.includes(block.typed ?? "") && block.steps.length > 0 && !isLeftOut(block);
  return pages.filter((page) => blocksOf(page).some(there));
}
