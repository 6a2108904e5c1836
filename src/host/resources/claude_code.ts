import { Failure } from "../../errors.ts";
import { rm } from "node:fs/promises";
import type { ForeignClaude } from "../../claude/foreign.ts";
import { adoptable, takeOver } from "../../updates/adopt.ts";
import { stage } from "../../updates/stage.ts";
import { forgetUpdates, readState } from "../../updates/state.ts";
import { switchNow } from "../../updates/switch.ts";
import { Versions } from "../../updates/versions.ts";
import type { Difference, Resource } from "../resource.ts";
import type { VersionLog } from "../version_log.ts";
import type { ClaudeSource } from "./claude_source.ts";

/**
 * Claude Code in its versions directory, with `current` switched to it.
 * @param wish `any` (there is one that runs), `latest`, `stable`, a version, or `none`
 * @param beside other installations: for `any`, the newest that may be is taken over instead of fetching one
 */
export function claudeCode(
  root: string,
  wish: string,
  source: ClaudeSource,
  { needs, beside = () => [], log = () => {} }: {
    needs?: readonly string[];
    beside?: () => readonly ForeignClaude[];
    log?: VersionLog;
  } = {},
): Resource {
  const versions = new Versions(root);
  let release: ReturnType<ClaudeSource["find"]> | undefined;
  const find = () => release ??= source.find(wish);
  return {
    id: "claude-code",
    title: "Claude Code",
    why: "without it no session starts",
    ...(needs ? { needs } : {}),
    read: look,
    async apply() {
      // A link that was lost is no reason for another version than the one that is here.
      const here = wish === "any" ? (await startable(versions)).at(-1) : undefined;
      if (here !== undefined) {
        await switchTo(here);
        return here;
      }
      const taken = wish === "any" ? await takeOver(versions, beside()) : undefined;
      if (taken !== undefined) {
        await switchTo(taken.version);
        return `${taken.version}, taken over from ${taken.how} in ${taken.path}`;
      }
      const manifest = await find();
      if (!await versions.has(manifest.version)) {
        // Half of a version, or one that somebody has damaged, is in the way of a whole one.
        await versions.remove(manifest.version).catch(unlessMissing);
        await stage(versions, await source.package(manifest), source.progress);
      }
      const before = await switchTo(manifest.version);
      return before ? `${before} → ${manifest.version}` : manifest.version;
    },
    async remove() {
      const there = await versions.list();
      forgetUpdates(root);
      if (there.length === 0) return false;
      await rm(`${root}/current`, { force: true });
      for (const version of there) await versions.remove(version);
      return true;
    },
  };

  async function switchTo(version: string): Promise<string | undefined> {
    const { from } = await switchNow(versions, version);
    log(from, version);
    return from;
  }

  async function look(): Promise<Difference | null> {
    if (wish === "none") return null;
    const current = await versions.current();
    const actual = current ?? "missing";
    if (wish === "any") return current ? null : { expected: await obtainable(), actual };
    const wanted = /^\d/.test(wish) ? wish : (await find()).version;
    return current === wanted ? null : { expected: wanted, actual };
  }

  async function obtainable(): Promise<string> {
    const [found] = (await startable(versions)).length > 0 ? [] : adoptable(beside());
    return found ? `${found.version}, taken over from ${found.how} in ${found.path}` : "a version that runs";
  }
}

/** Versions that are whole and were not given up, oldest first. */
async function startable(versions: Versions): Promise<string[]> {
  const { held } = readState(versions.root);
  return (await versions.list()).filter((version) => !held.some((one) => one.version === version));
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Failure && error.code === "version-missing")) throw error;
}
