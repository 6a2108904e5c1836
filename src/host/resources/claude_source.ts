import { Failure } from "../../errors.ts";
import type { PackageSource, Progress } from "../../updates/fetch_package.ts";
import { thisPlatform } from "../../runtime/platform.ts";
import type { Manifest } from "../../updates/registry.ts";

/** Where Claude Code comes from. */
export interface ClaudeSource {
  /** The release that `any`, `latest`, `stable` or a version means. */
  find(wish: string): Promise<Manifest>;
  /** Its package, opened only when it is needed. */
  package(release: Manifest): Promise<PackageSource>;
  progress?: Progress;
}

/** The npm registry that this machine's npm settings name; `channel` is what `any` means. */
export function fromRegistry(channel: string): ClaudeSource {
  return {
    async find(wish) {
      const { resolve } = await import("../../updates/registry.ts");
      const { npmSettings } = await import("../../updates/npm_settings.ts");
      return await resolve(wish === "any" ? channel : wish, thisPlatform(), await npmSettings());
    },
    async package(release) {
      const { fromRegistry } = await import("../../updates/fetch_package.ts");
      const { npmSettings } = await import("../../updates/npm_settings.ts");
      return fromRegistry(release, await npmSettings());
    },
  };
}

/**
 * A release that somebody else has looked up (its manifest as JSON), and its package where they brought it along.
 * Without the file, needing it is a Failure `package-needed`.
 */
export function fromPackage(manifest: string, file: string | undefined): ClaudeSource {
  return {
    find: () => Promise.resolve(JSON.parse(manifest) as Manifest),
    async package(release) {
      if (file === undefined) {
        throw new Failure(`the package of Claude Code ${release.version} is needed`, {
          code: "package-needed",
        });
      }
      const { fromFile } = await import("../../updates/fetch_package.ts");
      return fromFile(file, release);
    },
  };
}
