import { homeProfile, ourselves } from "./home.ts";
import { userLayout } from "./layout.ts";
import { besideOthers } from "./resources/beside_others.ts";
import { binary } from "./resources/binary.ts";
import { crontab } from "./resources/crontab.ts";
import { directory } from "./resources/directory.ts";
import { file } from "./resources/file.ts";
import { link } from "./resources/link.ts";
import { sessionCommand } from "./resources/session_command.ts";
import { timer } from "./resources/timer.ts";
import type { Resource } from "./resource.ts";
import { JOBS } from "../schedule/jobs.ts";
import { cronLines, serviceUnit, timerUnit, unitName } from "../schedule/units.ts";
import { runtimeDirectory, userScheduler } from "../schedule/scheduler.ts";

/** Somebody's own installation on this machine: nothing of it needs root, nothing is outside their home. */
export function personalProfile(
  home: string,
  env: NodeJS.ProcessEnv,
  source: string,
  { adopt }: { adopt?: boolean } = {},
): Resource[] {
  const layout = userLayout(home, env);
  const owner = ourselves();
  const own = (path: string) =>
    directory({
      id: `dir:${shorten(path)}`,
      title: shorten(path),
      why: "programs and versions are kept in there",
      path,
      mode: 0o755,
      owner,
      mayBeLink: true,
      keepMode: true,
      removable: true,
    });
  return [
    ...[`${home}/.local`, layout.bin, layout.data, layout.versions, `${layout.versions}/versions`].map(own),
    binary(layout.program, source, owner, shorten(layout.program)),
    sessionCommand(layout.session, layout.program, shorten(layout.session)),
    ...homeProfile({ home, program: layout.program }),
    link({
      id: "claude-link",
      title: shorten(layout.claude),
      why: "typing claude starts the managed version",
      path: layout.claude,
      target: `${layout.versions}/current/claude`,
      severity: "warning",
      ...besideOthers(adopt, [["claude-ops", "install", "--adopt"]]),
    }),
    ...schedule(),
  ];

  function shorten(path: string): string {
    return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  }

  function schedule(): Resource[] {
    const keeper = userScheduler(home, env);
    if (keeper === "none") return [];
    if (keeper === "cron") return [crontab(cronLines(layout.program))];
    const unit = (name: string, content: string) =>
      file({
        id: `unit:${name}`,
        title: name,
        why: "the timers rest on it",
        path: `${layout.units}/${name}`,
        mode: 0o644,
        owner,
        content,
      });
    const units = JOBS.flatMap((job) => [
      unit(unitName(job, "service", "user"), serviceUnit(job, { program: layout.program, manager: "user" })),
      unit(unitName(job, "timer", "user"), timerUnit(job)),
    ]);
    const environment = { XDG_RUNTIME_DIR: runtimeDirectory(env), HOME: home };
    return [
      ...["systemd", "systemd/user"].map((name) => own(layout.units.replace(/systemd\/user$/, name))),
      ...units,
      ...JOBS.map((job) => timer({ job, manager: "user", needs: units.map(({ id }) => id), environment })),
    ];
  }
}
