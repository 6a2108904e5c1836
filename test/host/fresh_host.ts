import { onTestFinished } from "vitest";
import { type Host, Lab } from "./lab.ts";

/** A host for the test that runs, gone at its end. @throws {CommandFailed} */
export async function freshHost(options?: Parameters<typeof Lab.host>[0]): Promise<Host> {
  const host = await Lab.host(options);
  onTestFinished(() => host.down());
  return host;
}
