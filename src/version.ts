import manifest from "../package.json" with { type: "json" };

declare const CLAUDE_OPS_COMMIT: string;

export const version: string = manifest.version;
/** The commit that the binary was built from, put there by scripts/build; `source` when it runs unbuilt. */
export const commit: string = typeof CLAUDE_OPS_COMMIT === "string" ? CLAUDE_OPS_COMMIT : "source";

declare const CLAUDE_OPS_RELEASED: boolean;
/** Made by scripts/release: what belongs to the same release is in the npm registry under our names. */
export const released: boolean = typeof CLAUDE_OPS_RELEASED === "boolean" && CLAUDE_OPS_RELEASED;
