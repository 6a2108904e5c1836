import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { startProgress } from "../../cli/progress.ts";
import { loadConfig } from "../../config/load.ts";
import { Exit, explainFailure, Failure, UsageFailure } from "../../errors.ts";
import { fromAfar } from "../../host/from_afar.ts";
import { detectScope, installation } from "../../host/installation.ts";
import { repin, wishOfInstall } from "../../host/records.ts";
import { ownAccount } from "../../runtime/account.ts";
import { postponeCheck } from "../../sessions/background.ts";
import { ensureLayout, layoutOf } from "../../sessions/paths.ts";
import { rootsLog, updateLog } from "../../updates/log_place.ts";
import { runUpdate, type UpdateResult } from "../../updates/run.ts";
import { wishOf } from "../../updates/wish.ts";
import { fromRootsSide, type LoggedEvent, rootsEnvironment } from "./root.ts";
import { exitOf, inWords } from "./text.ts";
import { modeOf, patienceOf, type UpdateOptions } from "./options.ts";
import { logTo, sceneOf } from "./scene.ts";

/** Milliseconds for which root's side relies on the registry's last answer: managed users may ask it as often as they like. */
const ANSWER_AGE = 10_000;

/** `update` on this machine. Whoever is not root reaches the machine's versions through the one sudo rule. */
export async function updateHere(options: UpdateOptions, io: Io): Promise<Outcome> {
  const mode = modeOf(options);
  const maxWait = patienceOf(options);
  if (options.system) rootsEnvironment();
  const scope = options.system ? "system" : detectScope();
  const place = installation(scope);
  const config = await loadConfig({ system: scope === "system" });
  const layout = layoutOf({ HOME: place.home });
  if (scope !== "system") {
    ensureLayout(layout);
    if (options.quiet || options.check) postponeCheck(layout.nextCheck, config.updates.interval);
  }
  if (options.quiet && !options.system && !config.updates.check) return { data: { status: "off" } };
  const log = logTo(scope === "system" ? rootsLog(place.versions) : updateLog(layout.shared), config);
  if (scope === "home" && mode !== "check") {
    return await viaRoot();
  }
  const events: LoggedEvent[] = [];
  const progress = startProgress(io);
  const scene = sceneOf(place, config, (event, fields) => {
    events.push({ event, fields });
    log(event, fields);
  }, (done, total) => {
    const mb = (bytes: number) => Math.round(bytes / 1e6);
    const detail = total ? `${mb(done)} of ${mb(total)} MB` : `${mb(done)} MB`;
    // Not counted: what came of it all is the outcome.
    const step = { id: "fetch", title: "fetching Claude Code", whole: true } as const;
    progress.step({ ...step, status: done === total ? "ok" : "running", detail });
  });
  try {
    const wish = wishOf(config.claude, options.to, scope === "system" ? wishOfInstall() : undefined);
    if (wish.wanted === "none") {
      return shown({ status: "off" }, "this host was installed without Claude Code");
    }
    const result = await runUpdate(scene, {
      mode,
      wish,
      maxWait,
      answerAge: options.system ? ANSWER_AGE : 0,
      ...(options.system ? { onActivated: (result) => io.event({ ...result, events }) } : {}),
    });
    if (scope === "system" && (options.to || mode === "rollback") && "to" in result) repin(result.to);
    return shown(options.system ? { ...result, events } : result, inWords(result, config), exitOf(result));
  } catch (error) {
    return failed(error, events);
  } finally {
    progress.stop();
  }

  async function viaRoot(): Promise<Outcome> {
    try {
      const result = await fromRootsSide(options, maxWait, log);
      return shown(result, inWords(result as UpdateResult, config), exitOf(result as UpdateResult));
    } catch (error) {
      return failed(error);
    }
  }

  function shown(data: object, text: string, exit: number = Exit.ok): Outcome {
    return { data, exit, ...(options.quiet ? {} : { render: () => text }) };
  }

  function failed(error: unknown, events?: readonly LoggedEvent[]): Outcome {
    const { message, code, hint } = explainFailure(error);
    if (!(error instanceof UsageFailure)) log("failed", { reason: message, code, by: ownAccount().name });
    if (options.quiet && !io.verbose) return { data: { error: { message, code } }, exit: Exit.failed };
    // Who asked tells of it, and of what was done before it failed.
    if (options.system) return { data: { error: { message, hint, code }, events }, exit: Exit.failed };
    throw scope === "personal" ? error : orThroughSsh(error);
  }
}

/** A host without a way to a registry gets its updates from whoever set it up. */
function orThroughSsh(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== "registry-unreachable") return error;
  return new Failure(error.message, {
    ...{ code: error.code, exit: error.exit, details: error.details, cause: error },
    hint: `${error.hint}; or ${fromAfar("install --via-ssh")}`,
  });
}
