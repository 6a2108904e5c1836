import { spawnSync } from "node:child_process";
import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { loadConfig } from "../config/load.ts";
import { Exit, explainFailure, Failure } from "../errors.ts";
import { detectScope, installation } from "../host/installation.ts";
import { ROOT_COMMAND } from "../host/sudoers.ts";
import { ownAccount } from "../runtime/account.ts";
import { postponeCheck } from "../sessions/background.ts";
import { ensureLayout, layoutOf } from "../sessions/paths.ts";
import { appendEvent } from "../updates/update_log.ts";
import { compare, update, type UpdateResult } from "../updates/update.ts";
import { Versions } from "../updates/versions.ts";

export interface UpdateOptions {
  check: boolean;
  quiet: boolean;
  system: boolean;
}

/** `update` on this machine. Whoever is not root reaches the machine's versions through the one sudo rule. */
export async function updateHere(options: UpdateOptions, io: Io): Promise<Outcome> {
  const scope = options.system ? "system" : detectScope();
  const place = installation(scope);
  const config = await loadConfig({ system: scope === "system" });
  const versions = new Versions(place.versions);
  const layout = layoutOf({ HOME: place.home });
  if (scope !== "system") ensureLayout(layout);
  const log = (event: string, fields: Record<string, string | undefined>) => {
    // Root's side has no log of its own: who called it writes down what it said.
    if (scope !== "system") {
      const { max_size: size, max_age: age, keep } = config.log;
      const limits = { size, age, keep };
      appendEvent(
        `${layout.shared}/update.log`,
        event,
        { ...fields, by: ownAccount().name },
        new Date(),
        limits,
      );
    }
  };
  const show = (data: object, text: string, exit: number): Outcome => ({
    data,
    exit,
    ...(options.quiet ? {} : { render: () => text }),
  });
  try {
    if (options.check) {
      if (scope !== "system") postponeCheck(layout.nextCheck, config.updates.interval);
      if (!config.updates.check) {
        return show({ status: "off" }, "looking for updates is switched off", Exit.ok);
      }
      const { manifest: _, ...found } = await compare(versions, config.claude.channel);
      log("checked", { current: found.current ?? "none", available: found.available });
      return found.newer
        ? show(
          found,
          `Claude Code ${found.available} is available (installed: ${found.current ?? "none"})`,
          Exit.findings,
        )
        : show(
          found,
          `Claude Code ${found.current} is the newest of channel ${config.claude.channel}`,
          Exit.ok,
        );
    }
    const result = scope === "home" ? throughSudo() : await update(versions, config.claude.channel);
    log(result.status, fieldsOf(result));
    return show(result, inWords(result), result.status === "deferred" ? Exit.busy : Exit.ok);
  } catch (error) {
    const { message, code } = explainFailure(error);
    log("failed", { reason: message, code });
    if (options.quiet && !io.verbose) return { data: { error: { message, code } }, exit: Exit.failed };
    throw error;
  }
}

function throughSudo(): UpdateResult {
  const asked = spawnSync("sudo", ["-n", ...ROOT_COMMAND], { encoding: "utf8" });
  try {
    const said = JSON.parse(asked.stdout);
    if ("status" in said) return said;
    throw new Failure(said.error.message, said.error);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `root's side of the update did not answer: ${asked.stderr?.trim() || asked.error?.message}`,
      {
        hint: "claude-ops doctor says whether the sudo rule is in force",
      },
    );
  }
}

function fieldsOf(result: UpdateResult): Record<string, string | undefined> {
  if (result.status === "current") return { current: result.current };
  const waiting = result.status === "deferred" ? { waiting_for: result.waitingFor.join(",") } : {};
  return { from: result.from ?? "none", to: result.to, ...waiting };
}

function inWords(result: UpdateResult): string {
  switch (result.status) {
    case "current":
      return `Claude Code ${result.current} is the newest`;
    case "updated":
      return `Claude Code ${result.from ?? "none"} → ${result.to}`;
    case "deferred":
      return `Claude Code ${result.to} is staged and waits for pid ${result.waitingFor.join(", ")} to end`;
  }
}
