import { run, tryRun } from "../command.ts";
import { DOCTOR_FIX } from "../fix.ts";
import type { Difference, Resource } from "../resource.ts";
import type { Job } from "../../schedule/jobs.ts";
import { unitName } from "../../schedule/units.ts";

export interface TimerOptions {
  job: Job;
  manager: "system" | "user";
  /** The instance, for the system's manager. */
  user?: string;
  needs: readonly string[];
  /** XDG_RUNTIME_DIR, where the user's manager is found. */
  environment?: Record<string, string>;
}

/** A timer that is enabled and ticking. */
export function timer(options: TimerOptions): Resource {
  const { job, manager, environment = {} } = options;
  const unit = unitName(job, "timer", manager, options.user);
  const service = unitName(job, "service", manager, options.user);
  const systemctl = (...words: string[]): [string, ...string[]] => [
    "systemctl",
    ...(manager === "user" ? ["--user"] : []),
    ...words,
  ];
  const unmask = [systemctl("unmask", unit), ...DOCTOR_FIX];
  return {
    id: `timer:${job.name}${options.user ? `@${options.user}` : ""}`,
    title: `timer ${unit}`,
    why: job.why,
    needs: options.needs,
    read: () => Promise.resolve(look()),
    apply() {
      const { state, stale } = ask();
      if (stale) run(systemctl("daemon-reload"), environment);
      // Of what does not run, systemd remembers nothing. A reload would run all generators, 0.2 s of a core (systemd 252).
      const without = stale || state.ActiveState === "active" ? [] : ["--no-reload"];
      run(systemctl("enable", ...without, "--quiet", unit), environment);
      run(systemctl("start", unit), environment);
      return Promise.resolve("enabled");
    },
    remove() {
      if (!look(true)) return Promise.resolve(false);
      run(systemctl("disable", "--now", "--quiet", unit), environment);
      // The time of its last run, which systemd keeps for a timer that comes back.
      tryRun(systemctl("clean", "--what=state", unit), environment);
      return Promise.resolve(true);
    },
  };

  /** What systemd says; stale: the files say something else than what it has read. */
  function ask() {
    const shown = tryRun(
      systemctl("show", "--property=UnitFileState,ActiveState,NeedDaemonReload,LoadState", unit, service),
      environment,
    );
    const [state, ofService] = shown.stdout.trim().split("\n\n").map((block) =>
      Object.fromEntries(block.split("\n").map((line) => line.split("=", 2)))
    );
    return { state, stale: [state, ofService].some((one) => one?.NeedDaemonReload === "yes") };
  }

  /** With `any`: whether there is something to disable at all. */
  function look(any = false): Difference | null {
    const { state, stale } = ask();
    const words = [
      state.UnitFileState || state.LoadState || "unknown",
      state.ActiveState ?? "unknown",
      ...(stale ? ["changed on disk"] : []),
    ];
    const actual = words.join(", ");
    const expected = "enabled, active";
    if (any) {
      return state.UnitFileState === "enabled" || state.ActiveState === "active"
        ? { expected, actual }
        : null;
    }
    if (actual === expected) return null;
    const masked = state.LoadState === "masked"
      ? { blocked: "left alone: an administrator has masked it", fix: unmask }
      : {};
    return { expected, actual: state.LoadState === "not-found" ? "missing" : actual, ...masked };
  }
}
