import { defineCommand } from "../../cli/command.ts";
import { connectionOptions, targets } from "../targets.ts";

export default defineCommand({
  name: "install",
  summary: "Set up a host over SSH, or this machine for yourself",
  description: [
    "With a TARGET, sets the host up over SSH: a user for the sessions, the launcher, Claude Code, timers and the one",
    "sudo rule that updates need. Without, installs for yourself on this machine; that needs no root.",
    "",
    "The same command again changes only what differs, so it also repairs, and finishes what was interrupted.",
  ].join("\n"),
  args: [targets],
  options: {
    user: {
      type: "string",
      value: "NAME",
      summary: "The user whose sessions are looked after (default: claude)",
    },
    check: {
      type: "boolean",
      summary: "Say what would change, and change nothing (exit status 3 if anything would)",
    },
    "claude-version": {
      type: "string",
      value: "VERSION",
      summary:
        "Claude Code to install: a version, latest, stable or none (default: keep, else the configured channel)",
    },
    adopt: {
      type: "boolean",
      summary: "Let claude mean the managed Claude Code where another installation has that name",
    },
    "login-shell": {
      type: "boolean",
      summary:
        "Make claude-shell the user's login shell: a login at a terminal shows sessions and starts one",
    },
    "no-login-shell": { type: "boolean", summary: "Give the user the login shell from before back" },
    shared: {
      type: "string",
      value: "DIR",
      summary:
        "Bring the skills, agents, commands, plugins and CLAUDE.md of this directory, where they differ",
    },
    mirror: { type: "boolean", summary: "With --shared: take away what is not in that directory" },
    "shared-read-only": {
      type: "boolean",
      summary: "Sessions only read skills, agents and commands (so it is unless said otherwise)",
    },
    "shared-writable": { type: "boolean", summary: "Sessions may change them" },
    "via-ssh": {
      type: "boolean",
      summary: "Send Claude Code through the SSH connection instead of letting the host fetch it",
    },
    "authorized-key": {
      type: "string",
      value: "FILE",
      summary: "Public key that may log in as the user (default: yours)",
    },
    "no-authorized-key": { type: "boolean", summary: "Do not let your key log in as the user" },
    ...connectionOptions,
    binary: {
      type: "string",
      value: "FILE",
      summary: "The claude-ops to install instead of the one that fits",
    },
    system: { type: "boolean", summary: "Set up this whole machine, as root, the way it is done over SSH" },
    "operator-key": {
      type: "string",
      value: "KEY",
      summary: "For a user that install creates",
      hidden: true,
    },
    scope: { type: "string", value: "SCOPE", summary: "Which part", choices: ["home"], hidden: true },
    "claude-release": {
      type: "string",
      value: "JSON",
      summary: "The release that latest or stable means",
      hidden: true,
    },
    "claude-package": { type: "string", value: "FILE", summary: "The package of that release", hidden: true },
  },
  examples: [
    { command: "claude-ops install root@devbox", summary: "Set up a host" },
    { command: "claude-ops install root@devbox --check", summary: "See first what would change" },
    {
      command: "claude-ops install root@one root@two --user dev",
      summary: "Two hosts, with a user of your choice",
    },
    {
      command: "claude-ops install root@devbox --shared ~/.claude --check",
      summary: "What of your own skills and agents is new there",
    },
    { command: "claude-ops install", summary: "For yourself on this machine, without root" },
  ],
  async run({ args, options }, io) {
    if (args.length > 0) {
      const { installHosts } = await import("./hosts.ts");
      return await installHosts(args, options, io);
    }
    const { installHere } = await import("./here.ts");
    return await installHere(options, io);
  },
});
