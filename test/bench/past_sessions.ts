import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { takeName } from "../../src/sessions/names.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { createRecord } from "../../src/sessions/record.ts";

const random = crypto.getRandomValues(new Uint8Array(65_536));

/** Nothing that a disk or an archive could make much smaller. */
function content(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += random.length) {
    bytes.set(random.subarray(0, Math.min(random.length, size - at)), at);
  }
  return bytes;
}

const [small, history, snapshot] = [content(400), content(2500), content(4000)];
/** Sizes of conversations as they come, mostly short: 100 kB on average. */
const transcripts = [4, 9, 15, 25, 40, 60, 85, 120, 180, 460].map((size) => content(size * 1000));

/**
 * Fills a home with ended sessions of 60 days ago, as Claude Code leaves their directories: 200 kB on average, every tenth
 * never used, every twentieth with conversations of subagents.
 */
export function fillWithSessions(home: string, count: number): void {
  const layout = layoutOf({ HOME: home });
  ensureLayout(layout);
  const identity = { ...identityOf(process.pid)!, startTime: 1 };
  const past = new Date(Date.now() - 60 * 86_400_000);
  const createdAt = past.toISOString();
  for (let i = 0; i < count; i++) {
    const [id, name] = [newId(past.getTime() + i), `s-${i}`];
    const directory = join(layout.sessions, id);
    mkdirSync(directory);
    const where = { project: home, cwd: home, claude: { path: "/c" } };
    createRecord(directory, { format: 1, id, name, ...where, identity, createdAt });
    takeName(layout, name, id);
    for (const shared of ["skills", "agents", "commands", "CLAUDE.md", "settings.json"]) {
      symlinkSync(join(layout.shared, shared), join(directory, shared));
    }
    writeFileSync(join(directory, ".claude.json"), history);
    if (i % 10 > 0) converse(directory, id, i, past);
  }
}

function converse(directory: string, id: string, i: number, past: Date): void {
  const write = (inside: string, files: Record<string, Uint8Array>) => {
    mkdirSync(join(directory, inside), { recursive: true });
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, inside, name), bytes);
  };
  const transcript = transcripts[Math.floor(i / 10) % transcripts.length]!;
  write("projects/-p", { [`${id}.jsonl`]: transcript });
  utimesSync(join(directory, `projects/-p/${id}.jsonl`), past, past);
  write("sessions", { "4711.json": small });
  write("shell-snapshots", { "snapshot.sh": snapshot });
  write(`session-env/${id}`, {});
  write(`file-history/${id}`, { "0@v1": snapshot, "1@v1": snapshot, "2@v1": snapshot });
  write("backups", { "a": history, "b": history, "c": history });
  writeFileSync(join(directory, "history.jsonl"), history);
  if (i % 20 === 1) {
    const agents = Array.from(
      { length: 30 },
      (_, agent) => [`agent-${agent}.jsonl`, transcripts[agent % 5]!],
    );
    write(`projects/-p/${id}/subagents`, Object.fromEntries(agents));
  }
}
