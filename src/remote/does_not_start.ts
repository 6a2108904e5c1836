import { Failure } from "../errors.ts";

/** What loaders and shells say of a program that cannot run where it is, and what helps. */
const OBSTACLES: [RegExp, string][] = [
  [/libstdc\+\+|libgcc/, "install libstdc++ there (Alpine: apk add libstdc++)"],
  [/Illegal instruction/, "it needs a processor with AVX2, as most have since 2013"],
  [/Permission denied/, "is the file system mounted with noexec?"],
  [/Exec format error/i, "is the host's processor the one that uname -m names?"],
];

/** Why a program that has arrived was not put in place. `stderr`: what came of starting it there. */
export function doesNotStart(host: string, stderr: string): Failure {
  const hint = OBSTACLES.find(([said]) => said.test(stderr))?.[1];
  const first = stderr.trim().split("\n")[0]?.replace(/^.*\.new\.\d+\S*: | \(needed by .*\)$/g, "");
  return new Failure(`claude-ops does not start on ${host}${first ? `: ${first}` : ""}`, {
    hint: `${hint ?? "look at what it says"}; nothing was changed there`,
    code: "does-not-start",
  });
}
