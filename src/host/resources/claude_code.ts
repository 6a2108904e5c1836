import { accessSync, constants } from "node:fs";
import type { Difference, Resource } from "../resource.ts";
import { activate, currentVersion, removeAll, stage } from "../../updates/versions.ts";
import { type ClaudeSource, fromRegistry } from "./claude_source.ts";

/**
 * Claude Code in its versions directory, with `current` switched to it.
 * @param wish `any` (there is one that runs), `latest`, `stable`, a version, or `none`
 */
export function claudeCode(
  root: string,
  wish: string,
  source: ClaudeSource = fromRegistry("latest"),
): Resource {
  let release: ReturnType<ClaudeSource["find"]> | undefined;
  const find = () => release ??= source.find(wish);
  return {
    id: "claude-code",
    title: "Claude Code",
    why: "without it no session starts",
    read: look,
    async apply() {
      const manifest = await find();
      await stage(root, await source.package(manifest), source.progress);
      await activate(root, manifest.version);
      return manifest.version;
    },
    remove: () => removeAll(root),
  };

  async function look(): Promise<Difference | null> {
    if (wish === "none") return null;
    const current = currentVersion(root);
    const runs = current !== undefined && runnable(`${root}/versions/${current}/claude`);
    const actual = current === undefined ? "missing" : runs ? current : `${current}, which cannot be run`;
    if (wish === "any") return runs ? null : { expected: "a version that runs", actual };
    const wanted = /^\d/.test(wish) ? wish : (await find()).version;
    return runs && current === wanted ? null : { expected: wanted, actual };
  }
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
