import { stepFrom } from "../cli/steps.ts";
import { Failure, problemFrom } from "../errors.ts";
import { noAccountTools } from "../host/resources/account.ts";
import { binaryFor } from "./binary.ts";
import { carryClaude } from "./carry_claude.ts";
import type { Connection } from "./connection.ts";
import { invoke } from "./invoke.ts";
import type { HostOrder, HostStep, HostSummary } from "./host_order.ts";
import { explainKill, requireMemory } from "./out_of_memory.ts";
import { type HostFacts, INSTALLED_PATH, probe } from "./probe.ts";
import { shareWith } from "./share_with.ts";
import { upload } from "./upload.ts";
import { PLAIN, wireFormat } from "./wire_format.ts";

/** Sets a host up: looks, sends the program where it differs, and lets it provision the host that it then runs on. */
export async function installHost(connection: Connection, order: HostOrder): Promise<HostSummary> {
  const facts = await probe(connection);
  requireMemory(connection.target.text, facts);
  await requireTools(connection, facts, order.user ?? "claude");
  if (facts.uid !== 0) await connection.becomeRoot();
  const place = order.check ? await scratchPlace(connection) : undefined;
  try {
    const sent = await sendProgram(connection, facts, order, place);
    const program = place && sent.status === "would-change" ? place.program : INSTALLED_PATH;
    const there = await provision(connection, facts, order, program);
    const steps = [sent, ...there, ...await shareWith(connection, order, program, there)];
    return {
      ok: steps.every(({ status }) => status !== "failed"),
      changed: steps.filter(({ changed }) => changed).length,
      steps: steps.map(({ id, title, status, changed, error }) => ({
        id,
        title,
        status,
        changed,
        ...(error ? { error } : {}),
      })),
      sentBytes: connection.sentBytes,
    };
  } catch (error) {
    throw await explainKill(connection, facts, error);
  } finally {
    if (place) await connection.exec(["rm", "-rf", place.directory]).catch(() => {});
  }
}

/** What has to be there before anything is sent. @throws {Failure} `no-sha256sum`, `no-useradd` */
async function requireTools(connection: Connection, facts: HostFacts, user: string): Promise<void> {
  if (!facts.sha256sum) {
    throw new Failure(`${connection.target.text} has no sha256sum to check with what arrives`, {
      hint: "nothing was sent; coreutils and busybox have it",
      code: "no-sha256sum",
    });
  }
  // Where accounts can be made, the host itself sees to it.
  if (!facts.useradd && (await connection.exec(["id", "-u", user])).code !== 0) throw noAccountTools(user);
}

/** What a check needs the program for goes to a directory of its own, and away again. */
async function scratchPlace(connection: Connection): Promise<{ directory: string; program: string }> {
  const made = await connection.exec(["mktemp", "-d", "/tmp/claude-ops-check-XXXXXXXX"]);
  const directory = made.stdout.trim().split("\n").at(-1) ?? "";
  if (made.code !== 0 || !/^\/tmp\/claude-ops-check-\w+$/.test(directory)) {
    throw new Failure(`${connection.target.text} gives us no temporary directory`, {
      hint: "is /tmp writable there?",
    });
  }
  await connection.exec(["chmod", "0755", directory]);
  return { directory, program: `${directory}/claude-ops` };
}

async function sendProgram(
  connection: Connection,
  facts: HostFacts,
  order: HostOrder,
  place: { program: string } | undefined,
): Promise<HostStep> {
  const step = { id: "program", title: "claude-ops" };
  const doing = (detail: string) => order.report({ ...step, status: "running", changed: false, detail });
  const binary = await binaryFor(facts, {
    ...(order.binary === undefined ? {} : { file: order.binary }),
    progress: (done, total) =>
      doing(
        `fetching the one for ${facts.arch}: ${megabytes(done)}${total ? ` of ${megabytes(total)}` : ""}`,
      ),
  });
  const same = facts.installed?.sha256 === binary.sha256;
  const said = (status: HostStep["status"], detail?: string): HostStep => {
    const done = { ...step, status, changed: status === "changed", ...(detail ? { detail } : {}) };
    order.report(done);
    return done;
  };
  if (same) return said("ok");
  const format = wireFormat(facts);
  doing(format === PLAIN ? "sending" : "compressing");
  await upload(connection, {
    source: binary.path,
    sha256: binary.sha256,
    size: binary.size,
    destination: place?.program ?? INSTALLED_PATH,
    mode: "0755",
    format,
    isProgram: true,
    facts,
    onProgress: (sent, total) => doing(`sending ${megabytes(sent)} of ${megabytes(total)}`),
  });
  if (place) return said("would-change", facts.installed ? "another version is there" : "would be sent");
  return said("changed", `sent, ${megabytes(connection.sentBytes)}`);
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`;

/** The host's own steps; when it cannot reach a registry, once more with the package that we bring. */
async function provision(
  connection: Connection,
  facts: HostFacts,
  order: HostOrder,
  program: string,
): Promise<HostStep[]> {
  const words = ["install", "--system"];
  if (order.user !== undefined) words.push("--user", order.user);
  if (order.loginShell !== undefined) words.push(order.loginShell ? "--login-shell" : "--no-login-shell");
  if (order.sharedReadOnly !== undefined) {
    words.push(order.sharedReadOnly ? "--shared-read-only" : "--shared-writable");
  }
  if (order.adopt) words.push("--adopt");
  if (order.check) words.push("--check");
  if (order.authorizedKey !== undefined) words.push("--authorized-key", order.authorizedKey);
  else if (order.operatorKey !== undefined) words.push("--operator-key", order.operatorKey);
  if (order.claude !== undefined) words.push("--claude-version", order.claude);
  const run = (extra: string[], hide: (step: HostStep) => boolean) =>
    provisionOnce(connection, [program, ...words, ...extra, "--json"], order, hide);

  const steps = order.viaSsh ? [] : await run([], cannotReach);
  if (!order.viaSsh && !steps.some(cannotReach)) return steps;
  return await carryClaude(connection, facts, order, steps, run);
}

/** The host has no way to a registry: we have one, perhaps. */
function cannotReach(step: HostStep): boolean {
  return step.error?.code === "registry-unreachable";
}

async function provisionOnce(
  connection: Connection,
  argv: string[],
  order: HostOrder,
  hide: (step: HostStep) => boolean,
): Promise<HostStep[]> {
  const steps = new Map<string, HostStep>();
  let noise = "";
  const { summary } = await invoke(connection, argv, {
    onEvent: (event) => {
      const step = stepFrom(event);
      if (step === undefined) return;
      if (step.status !== "running") steps.set(step.id, step);
      if (!hide(step)) order.report(step);
    },
    onNoise: (text) => noise = (noise + text).slice(-2000),
  });
  if (Array.isArray(summary.steps)) return [...steps.values()];
  const error = summary.error === undefined ? undefined : problemFrom(summary.error);
  throw new Failure(error?.message ?? `claude-ops on ${connection.target.text} did not finish`, {
    hint: error?.hint ?? noise.trim().split("\n").at(-1) ?? "run the same command again",
    ...(error?.code ? { code: error.code } : {}),
  });
}
