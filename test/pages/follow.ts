import { expect } from "vitest";
import { quoted } from "../../src/sessions/name.ts";
import { TERMINAL } from "../process/at_terminal.ts";
import { differs } from "./alike.ts";
import { bare, type Block, blocksOf, isLeftOut, type Step } from "./page.ts";
import type { World } from "./stage.ts";

/** Types what a page says is typed there, in its order, and holds what is printed against what the page shows. */
export async function follow(page: string | Block[], world: World): Promise<void> {
  for (const block of typeof page === "string" ? blocksOf(page) : page) {
    const prompt = world.prompts[block.typed ?? ""];
    if (prompt === undefined || isLeftOut(block)) continue;
    for (const command of block.before) await type(world, block, { line: block.line, prompt, command });
    for (const step of block.steps) {
      if (!isLeftOut(block, bare(step.command))) {
        await type(world, block, { ...step, prompt: step.prompt || prompt });
      }
    }
  }
}

async function type(world: World, block: Block, step: Step): Promise<void> {
  const command = bare(step.command);
  const keys = block.keys.get(command);
  const { output, status } = await world.shell(step.prompt).run(keys ? atTerminal(command, keys) : command);
  const where = `${block.page}:${step.line}: ${command}`;
  if (step.expected !== undefined) {
    expect.soft(differs(step.expected, here(output, world)), where).toBeUndefined();
  } else expect.soft(status, `${where}\n${output}`).toBe(block.exits.get(command) ?? 0);
}

/** The same at a terminal: for each pair, waits for the first text and then types the second. */
function atTerminal(command: string, keys: [string, string][]): string {
  const words = [["env", "TERM=xterm-256color", "sh", "-c", command], keys].map((word) =>
    quoted(JSON.stringify(word))
  );
  return `python3 -c ${quoted(TERMINAL)} ${words.join(" ")} >~/screen; s=$?; sed '$d' ~/screen; (exit $s)`;
}

/** As on the page: its paths, and nothing of what only moves the cursor. */
function here(output: string, { places }: World): string {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b(\[[\d;?<>=]*[A-Za-z]|[()]\w|[78=>])/g, "").replaceAll("\r", "");
  return Object.entries(places).reduce((text, [shown, real]) => text.replaceAll(real, shown), plain);
}
