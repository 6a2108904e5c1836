import { z } from "zod";
import { deleteState, entriesOf, getState, scopes, setState } from "../../../coordination/state.ts";
import { tool } from "../tool.ts";

const scope = z.string().describe("e.g. project:shop, issue:15");
const key = z.string();

export const stateTools = [
  tool({
    name: "get_state",
    description:
      "Read a value that sessions share; without key all of a scope. Its version goes into set_state, so that nobody's change is lost.",
    input: { scope, key: key.optional() },
    readOnly: true,
    run: ({ db }, { scope, key }) =>
      key === undefined
        ? { entries: entriesOf(db, scope) }
        : getState(db, scope, key) ?? { version: 0, value: null },
  }),
  tool({
    name: "set_state",
    description:
      "Share a JSON value with other sessions. With ifVersion it is only set if nobody has changed it since you read it: read again and retry when told so.",
    input: {
      scope,
      key,
      value: z.any().describe("any JSON"),
      ifVersion: z.number().int().optional().describe("the version you read; 0: only if there is none yet"),
    },
    run: ({ db, owner }, { scope, key, value, ifVersion }) => {
      const condition = ifVersion === undefined ? {} : { version: ifVersion };
      const changed = setState(db, { scope, key, value: value ?? null }, owner.name, condition);
      return changed.changed ? changed : {
        ...changed,
        advice: "somebody changed it: merge with the current value and set it with its version",
      };
    },
  }),
  tool({
    name: "delete_state",
    description: "Delete a shared value.",
    input: { scope, key },
    run: ({ db, owner }, at) => deleteState(db, at, owner.name),
  }),
  tool({
    name: "list_state_scopes",
    description: "The scopes in which sessions share values.",
    input: { pattern: z.string().optional().describe("with * and ?") },
    readOnly: true,
    run: ({ db }, { pattern }) => ({ scopes: scopes(db, pattern) }),
  }),
];
