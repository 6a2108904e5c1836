import { expect, test } from "vitest";
import { createStyle } from "../../src/cli/style.ts";
import { describeEvent } from "../../src/commands/log/words.ts";
import { sinceWhen } from "../../src/config/since.ts";

test("a time is so long ago, or a date and time of this machine's clock", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  expect(sinceWhen("2h", now)).toBe("2026-05-01T10:00:00.000Z");
  expect(sinceWhen("7d", now)).toBe("2026-04-24T12:00:00.000Z");
  expect(sinceWhen("2026-05-01T10:00:00.000Z", now)).toBe("2026-05-01T10:00:00.000Z");
  expect(sinceWhen("2026-05-01", now)).toBe(new Date(2026, 4, 1).toISOString());
  expect(sinceWhen("2026-05-01 12:30", now)).toBe(new Date(2026, 4, 1, 12, 30).toISOString());
  for (const wrong of ["", "soon", "2026-13-01", "5", "-1h", "2026-05-01 25:00"]) {
    expect(() => sinceWhen(wrong, now), wrong).toThrow("is no time");
  }
});

test("an event that is not known is told as it was written", () => {
  const style = createStyle(false, true);
  expect(describeEvent({ time: "", event: "pinned", version: "2.1.329", some_thing: "else" }, style))
    .toMatchObject({ title: "pinned", versions: "2.1.329", text: "some thing else" });
  expect(describeEvent({ time: "", event: "deferred", from: "1", to: "2", waiting_for: "api,web" }, style))
    .toMatchObject({ title: "waiting", versions: "1 → 2", text: "until api, web have ended" });
});
