import { bytes } from "../../src/cli/amounts.ts";
import { shortPath } from "../../src/cli/paths.ts";
import { expect, test } from "vitest";
import { readKeys } from "../../src/cli/keys.ts";
import { displayWidth } from "../../src/cli/output.ts";
import { fitting, pickerView, windowOf } from "../../src/cli/picker.ts";
import { createStyle } from "../../src/cli/style.ts";
import type { ListedSession } from "../../src/commands/session/rows.ts";
import { chosenOf, look, pressed, type Watching } from "../../src/commands/session/watch_state.ts";
import { renderWatch } from "../../src/commands/session/watch_view.ts";
import { newId } from "../../src/sessions/id.ts";

const style = createStyle(false, true);
const now = Date.parse("2026-01-02T12:00:00Z");
const surroundings = { style, host: "devbox", freeMemory: 1.5e9, now };

function session(name: string, more: Partial<ListedSession> = {}): ListedSession {
  return {
    id: newId(),
    name,
    project: "/home/u/shop",
    cwd: "/home/u/shop",
    branch: "main",
    state: "idle",
    live: true,
    detached: false,
    pinned: false,
    stateSince: "2026-01-02T11:50:00Z",
    waitingFor: null,
    pid: 4242,
    memory: 412e6,
    version: "2.1.329",
    createdAt: "2026-01-02T09:00:00Z",
    startedAt: "2026-01-02T09:00:00Z",
    ...more,
  };
}
const many = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => session(`session-number-${i}`, { branch: `feature/a-long-branch-name-${i}` }),
  );

test.each([[80, 24], [200, 50], [40, 10], [20, 3]])(
  "on %i × %i, nothing is wider or higher than the screen",
  (columns, rows) => {
    for (const count of [0, 1, 3, 50]) {
      for (
        const more of [{}, { lastAsked: "a".repeat(300) }, { asking: session("x".repeat(64)) }, {
          message: "m".repeat(300),
        }]
      ) {
        const lines = renderWatch(
          { sessions: many(count), older: 7, ...more },
          { columns, rows },
          { ...surroundings, ...more },
        );
        expect(lines.length).toBe(rows);
        if (columns >= 80) expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
      }
    }
  },
);

test("what was not started here is shown below the sessions, on a third of the screen at most", () => {
  const unmanaged = Array.from({ length: 30 }, (_, i) => ({
    pid: 5000 + i,
    name: null,
    cwd: `/home/u/other-${i}`,
    version: null,
    startedAt: "2026-01-02T11:00:00Z",
    configDir: "/home/u/.claude",
    conversation: null,
  }));
  const state = (count: number) => ({
    sessions: many(50),
    older: 0,
    strangers: { registered: [], unmanaged: unmanaged.slice(0, count) },
  });
  for (const [columns, rows] of [[80, 24], [200, 50]] as const) {
    const few = renderWatch(state(2), { columns, rows }, surroundings);
    expect(few.join("\n")).toMatch(/NOT STARTED HERE.*\n.*other-0.*unmanaged.*5000.*\n.*other-1/);
    const lines = renderWatch(state(30), { columns, rows }, surroundings);
    expect(lines).toHaveLength(rows);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
    expect(lines.filter((line) => line.includes("other-"))).toHaveLength(Math.floor(rows / 3) - 3);
    expect(lines.join("\n")).toMatch(/and \d+ more/);
    expect(lines.filter((line) => line.includes("session-number-")).length).toBeGreaterThan(rows / 3);
  }
  expect(renderWatch(state(2), { columns: 20, rows: 3 }, surroundings)).toHaveLength(3);
});

test("the screen shows what each session does, and of the chosen one everything that fits", () => {
  const sessions = [
    session("login", { state: "waiting", waitingFor: "permission prompt" }),
    session("old\u001b[31m", { state: "ended", live: false, pid: null, memory: null }),
  ];
  const text = renderWatch({ sessions, older: 0 }, { columns: 80, rows: 24 }, surroundings).join("\n");
  expect(text).toContain("Sessions on devbox   1 live · 1 waiting · 412 MB used · 1.5 GB free");
  expect(text).toMatch(/❯ login +\/home\/u\/shop +main +waiting +3 h +412 MB +2\.1\.329/);
  expect(text).toContain("waiting for 10 min, waits for permission prompt · pid 4242");
  expect(text).not.toContain("\u001b");
});

test("the chosen one is always on the screen, in a list of any length", () => {
  for (const at of [0, 1, 25, 48, 49]) {
    const sessions = many(50);
    const lines = renderWatch(
      { sessions, older: 0, chosen: sessions[at]!.id },
      { columns: 200, rows: 24 },
      surroundings,
    );
    expect(lines.filter((line) => line.startsWith("❯"))).toEqual([
      expect.stringContaining(`session-number-${at} `),
    ]);
  }
  expect(windowOf(3, 2, 10)).toEqual({ from: 0, to: 3 });
});

test("the chosen session stays chosen when it moves, and nothing else takes its keys when it goes", () => {
  const [a, b, c] = [session("a"), session("b"), session("c")];
  let state: Watching = look({ sessions: [], older: 0 }, { sessions: [a, b, c], older: 0 });
  state = pressed(state, "j", 10).state;
  expect(chosenOf(state)).toBe(b);
  state = look(state, { sessions: [c, a, { ...b, live: false, state: "ended" }], older: 0 });
  expect(chosenOf(state)?.id).toBe(b.id);
  expect(pressed(state, "r", 10).wish).toEqual({
    do: "enter",
    session: { ...b, live: false, state: "ended" },
  });
  expect(pressed(state, "home", 10).state.chosen).toBe(c.id);
  expect(pressed(state, "end", 10).state.chosen).toBe(b.id);
  expect(pressed(state, "page-up", 10).state.chosen).toBe(c.id);
});

test("enter goes to a session that is detached, and says where one is that has a terminal", () => {
  const detached = session("a", { detached: true });
  expect(pressed({ sessions: [detached], older: 0 }, "enter", 10).wish).toEqual({
    do: "enter",
    session: detached,
  });
  const there = pressed({ sessions: [session("b")], older: 0 }, "enter", 10);
  expect(there.wish).toBeUndefined();
  expect(there.state.message).toContain("a terminal of its own");
});

test("nothing is stopped without a yes, and only what was asked about", () => {
  const [a, b] = [session("a"), session("b")];
  const asked = pressed({ sessions: [a, b], older: 0, chosen: b.id }, "s", 10);
  expect(asked.wish).toBeUndefined();
  for (const key of ["n", "enter", "escape", "q", "s", "Y"]) {
    expect(pressed(asked.state, key, 10).wish).toBeUndefined();
  }
  // The list has changed before the answer came.
  expect(pressed(look(asked.state, { sessions: [a], older: 0 }), "y", 10).wish).toEqual({
    do: "stop",
    session: b,
  });
  const ended = pressed({ sessions: [session("c", { live: false, state: "ended" })], older: 0 }, "s", 10);
  expect(ended).toMatchObject({ state: { message: expect.stringContaining("not running") } });
});

test("keys are read across reads of any length; what is no key of ours is passed over", () => {
  expect(readKeys("j\x1b[A\x1bOB\r\x03é\x7f")).toEqual({
    keys: ["j", "up", "down", "enter", "interrupt", "é", "backspace"],
    rest: "",
  });
  expect(readKeys("\x1b[200~x\x1b[1;5Cy\x01z").keys).toEqual(["x", "y", "z"]);
  for (const start of ["\x1b", "\x1b[", "\x1b[1", "\x1bO"]) {
    expect(readKeys(`k${start}`)).toEqual({ keys: ["k"], rest: start });
  }
  expect(readKeys("\x1bq").keys).toEqual(["escape", "q"]);
});

test("the picker finds by every typed word, moves, chooses and lets go", () => {
  const items = ["login shop", "login api", "docs shop"];
  const view = pickerView(
    {
      question: "?",
      table: (shown) => ["NAME", ...shown],
      text: (item) => item,
      detail: (item) => `about ${item}`,
    },
    items,
    style,
  );
  const small = view.render({ columns: 80, rows: 6 });
  expect([small.length, small.join()]).toEqual([6, expect.not.stringContaining("about")]);
  expect(view.render({ columns: 80, rows: 24 }).at(-2)).toBe("  about login shop");
  const type = (keys: string[]) => keys.map((key) => view.press(key)).at(-1);
  expect(fitting(items, "SHOP log", (item) => item)).toEqual(["login shop"]);
  expect(type([..."shop", "down", "enter"])).toEqual({ result: "docs shop" });
  expect(type(["clear", "end", "enter"])).toEqual({ result: "docs shop" });
  expect(type(["clear", ..."zzz", "enter"])).toBeUndefined();
  expect(view.render({ columns: 80, rows: 24 }).join("\n")).toContain("nothing fits");
  expect(type(["backspace", "backspace", "backspace", "enter"])).toEqual({ result: "login shop" });
  expect(type(["escape"])).toEqual({ result: undefined });
});

test("bytes and paths are short enough to read", () => {
  expect([0, 999, 1000, 999_400, 412e6, 999.7e6, 1.23e9, 150e9].map(bytes)).toEqual(
    ["0 B", "999 B", "1 kB", "999 kB", "412 MB", "1.0 GB", "1.2 GB", "150 GB"],
  );
  expect(shortPath("/home/u/code/shop", 80, "/home/u")).toBe("~/code/shop");
  expect(shortPath("/home/user/code/shop", 80, "/home/u")).toBe("/home/user/code/shop");
  expect(shortPath("/home/u/a/very/long/path/shop", 16, "/home/u")).toBe("…/long/path/shop");
  expect(shortPath("/home/u", 80, "/home/u")).toBe("~");
});
