import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wrap } from "../src/cli/output.ts";
import { Model } from "./model.ts";
import { hostPlace, ownHosts, type Place, sandboxPlace } from "./place.ts";
import { ClaimFailed, complain, finish, remark, title, verify } from "./screen.ts";
import { tellStory } from "./story.ts";

const [kind, scratch, begun, why] = process.argv.slice(2) as ["host" | "sandbox", string, string, string];
let place: Place | undefined;
let model: Model | undefined;
let tidied: Promise<void> | undefined;

/** Everything goes, once, however this ends; what a kill prevents is done by `sweep` and the lab itself. */
function tidy(): Promise<void> {
  return tidied ??= (async () => {
    place?.shell.stop();
    model?.api.stop();
    await place?.remove();
    spawnSync(fileURLToPath(new URL("sweep", import.meta.url)), [scratch]);
  })();
}

for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]] as const) {
  process.once(signal, () => {
    void tidy().finally(() => process.exit(128 + number));
  });
}

async function main(): Promise<void> {
  const start = kind === "host" ? "A fresh host" : "A scratch home";
  title("claude-ops", `${start}, two Claude Code sessions side by side, and nothing left behind.`);
  if (why) remark(wrap(`No test host, so the same without one (--sandbox): ${why}.`, 80).join("\n"));
  place = kind === "host" ? await hostPlace(scratch) : sandboxPlace(scratch);
  model = await Model.start(place.address);
  await tellStory(place, model);
  await tidy();
  const left = [...(kind === "host" ? await ownHosts() : []), ...(existsSync(scratch) ? [scratch] : [])];
  verify(
    kind === "host"
      ? "the host is gone, and so is every file of this demo"
      : "no file and no process of this demo is left",
    left,
    [],
  );
  finish(Date.now() / 1000 - Number(begun), [
    "For a host of your own:",
    "  dist/claude-ops install root@YOUR-HOST",
    "  ssh -t claude@YOUR-HOST claude-session",
    "  dist/claude-ops doctor root@YOUR-HOST",
  ]);
}

main().then(() => process.exit(0), async (error) => {
  if (tidied) await tidied; // interrupted: the signal's handler ends us
  else {
    try {
      complain(
        error instanceof ClaimFailed
          ? "that claim does not hold"
          : error instanceof Error
          ? error.message
          : String(error),
      );
    } catch {
      // nobody reads any more
    }
    await tidy();
    process.exit(1);
  }
});
