import { downloadTarball, fromRegistry, tarballPath } from "../updates/fetch_package.ts";
import { npmSettings } from "../updates/npm_settings.ts";
import { resolve } from "../updates/registry.ts";
import { type Binary, describeFile } from "./binary.ts";
import type { Connection } from "./connection.ts";
import type { HostOrder, HostStep } from "./host_order.ts";
import type { HostFacts } from "./probe.ts";
import { PLAIN } from "./wire_format.ts";
import { upload } from "./upload.ts";

const STEP = { id: "claude-package", title: "package of Claude Code" };

/**
 * For a host without a way to a registry: the release is looked up here, and its package fetched and sent through the
 * connection, but only where the host says that it needs it.
 * @param before what the host's own try came to; empty where there was none
 */
export async function carryClaude(
  connection: Connection,
  facts: HostFacts,
  order: HostOrder,
  before: HostStep[],
  run: (extra: string[], hide: (step: HostStep) => boolean) => Promise<HostStep[]>,
): Promise<HostStep[]> {
  if (order.claude === "none") return await run([], () => false);
  const npm = await npmSettings();
  const libc = facts.libc === "musl" ? "musl" : "glibc";
  const release = await resolve(order.claude ?? order.channel, { os: "linux", arch: facts.arch, libc }, npm);
  const words = ["--claude-release", JSON.stringify(release)];
  const isNeeded = (step: HostStep) => step.error?.code === "package-needed";
  const told = isTold(before);
  const first = onTop(before, await run(words, (step) => isNeeded(step) || told(step)));
  if (!first.some(isNeeded)) return first;

  const file = tarballPath(release);
  const report = (detail: string) => order.report({ ...STEP, status: "running", changed: false, detail });
  report(`fetching ${release.version} here: the host reaches no registry`);
  const { sha256, size } = await fetchOnce(
    fromRegistry(release, npm),
    file,
    (done, total) => report(`fetching ${release.version}: ${percent(done, total)}`),
  );
  const destination = `/opt/claude-code/incoming-${sha256.slice(0, 16)}.tgz`;
  const alreadySent = connection.sentBytes;
  await upload(connection, {
    source: file,
    sha256,
    size,
    destination,
    mode: "0600",
    // It is compressed already.
    format: PLAIN,
    facts,
    onProgress: (sent, total) => report(`sending ${release.version}: ${percent(sent, total)}`),
  });
  report(`unpacking ${release.version}`);
  const megabytes = Math.round((connection.sentBytes - alreadySent) / 1e6);
  const sent = (changed: boolean): HostStep => {
    const step = {
      ...STEP,
      status: changed ? "changed" : "ok",
      changed,
      detail: `sent, ${megabytes} MB`,
    } as const;
    order.report(step);
    return step;
  };
  try {
    const steps = onTop(first, await run([...words, "--claude-package", destination], isTold(first)));
    // A package that came to nothing has changed nothing: it is gone again.
    return [...steps, sent(steps.some(({ id, status }) => id === "claude-code" && status === "changed"))];
  } finally {
    await connection.exec(["rm", "-f", destination]).catch(() => {});
  }
}

const fetched = new Map<string, Promise<Binary>>();

/** Downloaded and hashed once for all hosts of a run. */
function fetchOnce(...[source, file, progress]: Parameters<typeof downloadTarball>): Promise<Binary> {
  let found = fetched.get(file);
  if (found === undefined) {
    found = downloadTarball(source, file, progress).then(() => describeFile(file));
    found.catch(() => fetched.delete(file));
    fetched.set(file, found);
  }
  return found;
}

/** What several passes over a host came to: a change stays one where a later pass finds all well. */
function onTop(before: HostStep[], after: HostStep[]): HostStep[] {
  const earlier = new Map(before.map((step) => [step.id, step]));
  return after.map((step) => {
    const first = earlier.get(step.id);
    return first?.changed && step.status === "ok" ? first : step;
  });
}

/** Steps of a later pass that bring no news. */
function isTold(before: HostStep[]): (step: HostStep) => boolean {
  const done = new Map(
    before.filter(({ status }) => /^(ok|changed|would-change)$/.test(status)).map(
      ({ id, status }) => [id, status],
    ),
  );
  return ({ id, status }) => done.has(id) && (/^(running|ok)$/.test(status) || status === done.get(id));
}

function percent(done: number, total: number | undefined): string {
  return total ? `${Math.floor(done / total * 100)} %` : `${Math.round(done / 1e6)} MB`;
}
