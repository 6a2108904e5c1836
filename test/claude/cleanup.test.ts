import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { binary, ClaudeHost } from "./claude_host.ts";
import { MessagesApi, textOf } from "./messages_api.ts";

test(
  "a conversation goes on after its session was pruned: from the trash, and from the archive alone",
  async () => {
    const api = await MessagesApi.start();
    onTestFinished(() => api.stop());
    const host = new ClaudeHost(api.url);
    await host.session(["apple"], ["-p", "the word is apple-pie"]);
    const { id } = host.record("apple");
    for (const trash of [true, false]) {
      mkdirSync(join(host.home, ".config/claude-ops"), { recursive: true });
      writeFileSync(join(host.home, ".config/claude-ops/config.toml"), `[cleanup]\ntrash = ${trash}\n`);
      expect(await host.run(binary, ["session", "prune", "apple"])).toMatchObject({ status: 0 });
      expect(readdirSync(join(host.shared, "sessions"))).toEqual([]);
      const resumed = await host.session(["--resume", "apple"], ["-p", "which word?"]);
      expect(resumed).toMatchObject({ status: 0, stdout: "understood\n" });
      expect(textOf(api.requests.at(-1)!.body)).toContain("the word is apple-pie");
      expect(host.record("apple").id).toBe(id);
      expect(host.transcripts("apple")).toHaveLength(1);
    }
  },
  60_000,
);

test("the temporary files of a conversation go once it has ended and they are not new", async () => {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  const slugs = () => readdirSync(join(host.home, "tmp", `claude-${process.getuid!()}`));
  await host.session(["apple"], [
    "-p",
    "RUN:echo hi",
    "--permission-mode",
    "manual",
    "--allowedTools",
    "Bash",
  ]);
  const [slug] = slugs();
  const place = join(host.home, "tmp", `claude-${process.getuid!()}`, slug!);
  expect(readdirSync(place)).toEqual([host.record("apple").id]);
  // What has just begun stays, whatever it looks like.
  await host.run(binary, ["cleanup"]);
  expect(readdirSync(place)).toHaveLength(1);
  await host.run("touch", ["-d", "2 hours ago", join(place, host.record("apple").id)]);
  await host.run(binary, ["cleanup"]);
  expect(readdirSync(place)).toEqual([]);
}, 60_000);
