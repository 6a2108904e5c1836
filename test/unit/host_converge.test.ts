import { expect, test } from "vitest";
import { converge, dismantle } from "../../src/host/converge.ts";
import { diagnose } from "../../src/host/diagnose.ts";
import { type Resource, Unreadable } from "../../src/host/resource.ts";
import { Failure } from "../../src/errors.ts";

/** A resource over a variable: as real as a file to converge, and its failures can be chosen. */
function thing(id: string, state: { value: string }, extra: Partial<Resource> = {}): Resource {
  return {
    id,
    title: id,
    why: "a test needs it",
    read: () => Promise.resolve(state.value === "good" ? null : { expected: "good", actual: state.value }),
    apply() {
      state.value = "good";
      return Promise.resolve();
    },
    remove() {
      const was = state.value === "good";
      state.value = "missing";
      return Promise.resolve(was);
    },
    ...extra,
  };
}

test("what is right already is neither changed nor reported as changed", async () => {
  const steps = await converge([thing("a", { value: "good" })], {});
  expect(steps).toEqual([{ id: "a", title: "a", status: "ok", changed: false }]);
});

test("what differs is changed, read back, and the second run changes nothing", async () => {
  const state = { value: "bad" };
  const first = await converge([thing("a", state)], {});
  expect(first[0]).toMatchObject({ status: "changed", changed: true, detail: "was bad" });
  const second = await converge([thing("a", state)], {});
  expect(second[0]).toMatchObject({ status: "ok", changed: false });
});

test("a change that does not hold is a failure, not a success", async () => {
  const [step] = await converge([thing("a", { value: "bad" }, { apply: () => Promise.resolve() })], {});
  expect(step).toMatchObject({
    status: "failed",
    error: { message: "still bad after it was changed, expected good" },
  });
});

test("a check says what would change and changes nothing", async () => {
  const state = { value: "missing" };
  const [step] = await converge([thing("a", state)], { check: true });
  expect(step).toMatchObject({ status: "would-change", detail: "would be created: good" });
  expect(state.value).toBe("missing");
});

test("after a failure the rest goes on, except what needs it, directly or not", async () => {
  const failing = thing("a", { value: "bad" }, {
    apply: () => Promise.reject(new Failure("disk full", { hint: "free some" })),
  });
  const steps = await converge([
    failing,
    thing("b", { value: "bad" }, { needs: ["a"] }),
    thing("c", { value: "bad" }, { needs: ["b"] }),
    thing("d", { value: "bad" }),
  ], {});
  expect(steps.map(({ status }) => status)).toEqual(["failed", "skipped", "skipped", "changed"]);
  expect(steps[0]?.error).toEqual({ message: "disk full", hint: "free some" });
});

test("what belongs to somebody else is left alone and said", async () => {
  const state = { value: "foreign" };
  const blocked = thing("a", state, {
    read: () => Promise.resolve({ expected: "ours", actual: "theirs", blocked: "left alone: theirs" }),
  });
  const [step] = await converge([blocked], {});
  expect(step).toMatchObject({ status: "skipped", changed: false, detail: "left alone: theirs" });
  expect(state.value).toBe("foreign");
});

test("things are taken away in reverse order, past failures", async () => {
  const order: string[] = [];
  const noting = (id: string, fails = false) =>
    thing(id, { value: "good" }, {
      remove() {
        order.push(id);
        return fails ? Promise.reject(new Error("stuck")) : Promise.resolve(true);
      },
    });
  const steps = await dismantle([noting("a"), noting("b", true), noting("c")], { purge: false });
  expect(order).toEqual(["c", "b", "a"]);
  expect(steps.map(({ status }) => status)).toEqual(["changed", "failed", "changed"]);
});

test("a consequence names the first cause instead of the middle one", async () => {
  const findings = await diagnose([
    thing("a", { value: "bad" }),
    thing("b", { value: "bad" }, { needs: ["a"] }),
    thing("c", { value: "bad" }, { needs: ["b"] }),
  ]);
  expect(findings.map(({ id, causedBy }) => [id, causedBy])).toEqual([["a", undefined], ["b", "a"], [
    "c",
    "a",
  ]]);
});

test("could not check is told apart from broken", async () => {
  const [finding] = await diagnose([
    thing("a", { value: "bad" }, { read: () => Promise.reject(new Unreadable("only root can look")) }),
  ]);
  expect(finding).toMatchObject({ status: "unknown", actual: "could not check: only root can look" });
});
