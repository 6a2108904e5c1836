import { Failure } from "../errors.ts";

/** @throws Failure for everybody else */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new Failure("only root can set up the whole machine", {
    hint: "use sudo, or leave --system out to install for yourself alone",
  });
}
