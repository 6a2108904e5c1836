import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../../errors.ts";
import type { Report, Step } from "../../host/resource.ts";
import { lastLine, orFailure } from "../../shared/lines.ts";
import { selfCommand } from "../../runtime/self.ts";
import type { Scan } from "../../shared/scan.ts";
import type { Receiver } from "../../shared/send.ts";
import { shareInSteps } from "../../shared/steps.ts";
import type { InstallOptions } from "./options.ts";

/** `install --shared` on this machine: the same as over SSH, with a process of our own at the other end. */
export async function shareHere(scan: Scan, options: InstallOptions, report: Report): Promise<Step[]> {
  const words = options.system ? ["--user", options.user ?? "claude"] : [];
  const receiver: Receiver = (part, talk) => receiveIn(["receive-shared", ...part, ...words, "--json"], talk);
  return await shareInSteps(scan, receiver, options, report);
}

async function receiveIn(words: string[], { stdin, onEvent }: Parameters<Receiver>[1]) {
  const [program, ...own] = selfCommand();
  const child = spawn(program!, [...own, ...words], { stdio: ["pipe", "pipe", "ignore"] });
  // What it says tells more than that it no longer reads; what cannot be read here is told at once.
  let broken: Failure | undefined;
  pipeline(Readable.from(stdin, { objectMode: true }), child.stdin).catch((error) => {
    if (error instanceof Failure) broken = error;
    child.stdin.destroy();
  });
  const said = await lastLine(child, onEvent).catch((error) => {
    throw broken ?? error;
  });
  if (broken !== undefined) throw broken;
  return orFailure(said);
}
