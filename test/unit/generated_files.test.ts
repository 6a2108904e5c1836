import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createStyle } from "../../src/cli/style.ts";
import { harmless } from "../../src/cli/text.ts";
import { LogView } from "../../src/commands/log/view.ts";
import { renderSessions } from "../../src/commands/session/list_work.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { keys } from "../../src/config/schema.ts";
import { judgeKey } from "../../src/remote/judge_key.ts";
import { readKnownHosts } from "../../src/remote/known_hosts.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { newId } from "../../src/sessions/id.ts";
import { listSessions } from "../../src/sessions/list.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { readRecord } from "../../src/sessions/record.ts";
import { parseLine } from "../../src/updates/log_event.ts";
import { logLine } from "../../src/updates/update_log.ts";
import { COUNT, forAll } from "./generated.ts";
import { expectHarmless, noTerminal } from "./no_terminal.ts";
import { scratch } from "./scratch.ts";

// Files that something or somebody has damaged, or wrote to do harm.

test(`of ${COUNT} damaged session records each is read, or unreadable with a reason, and can be listed`, async () => {
  const home = scratch();
  const layout = layoutOf({ HOME: home });
  ensureLayout(layout);
  const id = newId();
  const directory = join(layout.sessions, id);
  mkdirSync(directory);
  const place = { project: "/p", cwd: "/p", claude: { path: "/c", version: "2.1.329" } };
  const times = { createdAt: "2026-01-02T03:04:05.678Z", resumedAt: "2026-01-02T03:04:05.678Z" };
  const record = {
    format: 1,
    id,
    name: "one",
    ...place,
    identity: identityOf(process.pid)!,
    ...times,
    tmux: "/t",
  };
  const entry = { pid: process.pid, sessionId: id, status: "busy", waitingFor: "x", updatedAt: 1, cwd: "/p" };
  mkdirSync(join(directory, "sessions"));
  // One that says it is this very process lives, and is noted as such.
  const files = () =>
    readdirSync(home, { recursive: true }).filter((name) => !String(name).endsWith(`live/${id}`));
  const before = files().length;
  await forAll((make) => {
    const text = JSON.stringify(make.like(record));
    writeFileSync(join(directory, "session.json"), make.below(2) ? text : make.damaged(text));
    writeFileSync(join(directory, "sessions", `${process.pid}.json`), JSON.stringify(make.like(entry)));
    const read = readRecord(directory)!;
    if ("unreadable" in read) expect(read.unreadable).toMatch(/\w/);
    else expect(read.id).toBe(id);
    const shown = renderSessions(
      { ...listSessions(layout, true), registered: [], unmanaged: [] },
      noTerminal,
    );
    expectHarmless(shown);
  });
  expect(files()).toHaveLength(before + 2);
});

test(`of ${COUNT} damaged configurations only what is allowed is taken, the rest is named`, async () => {
  const lines = [...keys].map(([name, key]) => {
    const [section, entry] = name.split(".");
    return `[${section}]\n${entry} = ${key.show(key.default)}\n`;
  });
  await forAll((make) => {
    const text = make.damaged(Array.from({ length: 3 }, () => make.one(lines)).join(""));
    const { settings, problems } = parseConfig("/c.toml", text);
    for (const [name, { value }] of settings) expect(keys.has(name) && value !== undefined).toBe(true);
    for (const { message, hint } of problems) {
      expect([message, hint]).toEqual([expect.any(String), expect.any(String)]);
    }
  });
});

test(`of ${COUNT} damaged known_hosts none makes a changed or revoked key a known one`, async () => {
  const file = join(scratch(), "known_hosts");
  const type = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1");
  const key = (byte: number) => Buffer.concat([type, Buffer.alloc(32, byte)]);
  const [known, changed, revoked] = [key(1), key(2), key(3)];
  const of = (bytes: Buffer) => `ssh-ed25519 ${bytes.toString("base64")}`;
  const right = [`box ${of(known)}`, `@revoked * ${of(revoked)}`, `[box]:2222 ${of(known)}`];
  await forAll(async (make) => {
    const strange = [
      ...[
        `${make.text()} ${of(known)}`,
        `box ${make.text()}`,
        make.damaged(`box ${of(known)}`),
        make.text(12),
      ],
      ...["|1|", "|1|%%|%%", "@cert-authority", `@${make.text()} box`, `!box,* ${of(known)}`, "\0", "# x"],
    ];
    const mix = [
      ...right,
      ...Array.from({ length: make.below(6) }, () => make.one(strange).replaceAll("\n", "")),
    ];
    writeFileSync(file, mix.sort(() => make.below(3) - 1).join(make.one(["\n", "\r\n"])));
    const lines = await readKnownHosts([file]);
    for (const port of [22, 2222]) {
      expect(judgeKey(lines, "box", port, changed).status).not.toBe("known");
      expect(judgeKey(lines, "box", port, revoked).status).toBe("revoked");
    }
    expect(judgeKey(lines, "box", 22, known).status).toBe("known");
    expect(judgeKey(lines, "box", 22, changed).status).toBe("changed");
    // Whatever else is in the file: without a line for this very key, no key is known.
    writeFileSync(file, make.damaged(mix.join("\n")));
    expect(judgeKey(await readKnownHosts([file]), "box", 22, changed).status).not.toBe("known");
  });
});

test(`of ${COUNT} damaged lines of a log each is shown, and what was written is what is read`, async () => {
  await forAll((make) => {
    const fields = { from: make.text(), reason: make.text(), waiting_for: make.text() };
    const time = new Date(make.below(2 ** 31) * 1000);
    const line = logLine(time, "updated", fields);
    expect(line.split("\n")).toHaveLength(2);
    const read = parseLine(line.trimEnd());
    for (const [name, text] of Object.entries(fields)) {
      if (text.length < 100) expect(read[name]).toBe(text.toWellFormed() === text ? text : read[name]);
    }
    const rows = [
      parseLine(make.damaged(line)),
      parseLine(`${time.toISOString()} ${make.one(["constructor", "toString", "checked", "__proto__"])}`),
      parseLine(`${time.toISOString()} updated ${make.one(["constructor", "__proto__", "toString"])}=1`),
    ];
    expectHarmless(new LogView(noTerminal, [make.text()]).folded(rows));
  });
});

test(`of ${COUNT} texts none gets through the last gate with more than our own colours, and JSON stays JSON`, async () => {
  const style = createStyle(true, true);
  await forAll((make) => {
    const text = make.text(20);
    expectHarmless(harmless(text).replace(/(.)\[\d\dm/g, (all, first) => first === "\x1b" ? "" : all));
    const painted = style.red(style.bold("a\tb\n"));
    expect(harmless(painted)).toBe(painted);
    expect(JSON.parse(harmless(JSON.stringify({ text })))).toEqual({ text });
  });
});
