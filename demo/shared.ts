import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const LOGIN = "made-up-login";
export const SKILL = "Writes the changelog in the house style of Acme";

/** What all sessions of a user are to have in common, in a directory `shared`: a skill, settings, a login. */
export function writeShared(directory: string, modelUrl: string): void {
  const shared = join(directory, "shared");
  mkdirSync(join(shared, "skills/changelog"), { recursive: true });
  const write = (path: string, text: string, mode: number) =>
    writeFileSync(join(shared, path), text, { mode });
  write(
    "skills/changelog/SKILL.md",
    `---\nname: changelog\ndescription: ${SKILL}\n---\nShort, past tense.\n`,
    0o644,
  );
  // The sessions talk to the model, and to nobody else.
  const away = { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: new URL(modelUrl).hostname };
  const env = { ...away, ANTHROPIC_BASE_URL: modelUrl, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" };
  write("settings.json", JSON.stringify({ env }), 0o600);
  const claudeAiOauth = {
    accessToken: LOGIN,
    refreshToken: LOGIN,
    expiresAt: Date.now() + 30 * 86_400_000,
    scopes: ["user:inference", "user:profile"],
    subscriptionType: "max",
  };
  write(".credentials.json", JSON.stringify({ claudeAiOauth }), 0o600);
}
