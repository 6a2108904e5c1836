import { ROOT_COMMAND } from "../host/sudoers.ts";
import { type Job, JOBS, performWords } from "./jobs.ts";

export interface UnitContext {
  /** Absolute path of the program. */
  program: string;
  /** `system`: a template whose instance is the user; `user`: that user's own service manager. */
  manager: "system" | "user";
}

/** `claude-ops-cleanup@dev.timer`; of a user's own manager without `@dev`. */
export function unitName(job: Job, kind: "service" | "timer", manager: "system" | "user", user = ""): string {
  return `claude-ops-${job.name}${manager === "system" ? `@${user}` : ""}.${kind}`;
}

/** The text of a service that does a job once, with no more rights than that needs. */
export function serviceUnit(job: Job, { program, manager }: UnitContext): string {
  const system = manager === "system";
  // sudo cannot work in here. Root's part of an update is the unit's own first step, in the same sandbox and with nothing
  // of the user's; the user's part takes what that one said.
  const asRoot = system && job.name === "update";
  const lines = [
    "[Unit]",
    `Description=${job.summary}${system ? " (%i)" : ""}`,
    "",
    "[Service]",
    "Type=oneshot",
    ...(system ? ["User=%i"] : []),
    ...(asRoot ? [`ExecStartPre=-!/usr/bin/env -i HOME=/root PATH=${PATH} ${ROOT_COMMAND.join(" ")}`] : []),
    `ExecStart=${[program, ...performWords(job, "systemd")].join(" ")}`,
    "Nice=19",
    "IOSchedulingClass=idle",
    "TimeoutStartSec=15min",
    // There is something newer (3), or it waits for sessions to end (75): no failure of the job.
    "SuccessExitStatus=3 75",
    "",
    ...EVERYWHERE,
    // Root asks each user's own claude-ops for the names of their sessions.
    ...(asRoot ? ["SystemCallFilter=@setuid"] : []),
    ...(system
      ? [
        // To see what other users' processes run is what the gate rests on.
        `CapabilityBoundingSet=${asRoot ? "CAP_SYS_PTRACE CAP_SETUID CAP_SETGID" : ""}`,
        ...SYSTEM_ONLY,
      ]
      : []),
  ];
  return lines.join("\n") + "\n";
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What a user's own service manager can do too: all of it is seccomp and the kernel's own bits of a process. */
const EVERYWHERE = [
  "NoNewPrivileges=yes",
  "RestrictSUIDSGID=yes",
  "RestrictRealtime=yes",
  "RestrictNamespaces=yes",
  "LockPersonality=yes",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged",
  "SystemCallErrorNumber=EPERM",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
  "UMask=0077",
];

/**
 * Not ProtectProc, ProcSubset, PrivateUsers: what lives is read in /proc. Not PrivateTmp: sessions leave things in /tmp.
 * Not MemoryDenyWriteExecute: JavaScript is compiled while it runs. ProtectSystem is not `strict`, since homes may be anywhere.
 */
const SYSTEM_ONLY = [
  "ProtectSystem=full",
  "PrivateDevices=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "KeyringMode=private",
  // For the tunables and control groups systemd mounts /proc anew, without what LXC has put there: the boot id of its
  // container, by which we tell whether a session lives (systemd 252, LXC 5.0).
  "BindReadOnlyPaths=/proc/sys/kernel/random/boot_id",
];

/** The text of the timer that starts it. */
export function timerUnit(job: Job): string {
  return [
    "[Unit]",
    `Description=${job.summary}`,
    "",
    "[Timer]",
    `OnCalendar=${job.calendar}`,
    `RandomizedDelaySec=${job.jitter}`,
    "Persistent=true",
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ].join("\n");
}

/** Lines of a crontab; with `user` in the form of /etc/cron.d. */
export function cronLines(program: string, user?: string): string {
  return JOBS.map((job) =>
    [job.cron, ...(user ? [user] : []), program, ...performWords(job, "cron")].join(" ") + "\n"
  ).join("");
}
