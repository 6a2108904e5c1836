import { z } from "zod";
import { addEvent } from "../../../coordination/events.ts";
import { giveBackAll } from "../../../coordination/give_back.ts";
import { deleteScope, deleteState, getState, scopes, setState } from "../../../coordination/state.ts";
import { tool } from "../tool.ts";

const scope = z.string().describe("e.g. session:a, issue:15, project:shop");
const key = z.string();
/** What each session signed on as; one server serves one session. */
let signedOn: string | undefined;

/** The names of an older coordinator, with the same meaning. Nothing of a session that ends has to be cleaned up any more. */
export const olderTools = [
  tool({
    name: "sign_on",
    description:
      "Older name: say under which id this session works. Not needed: the server knows the session.",
    input: { session_id: z.string().optional() },
    run: ({ db, owner }, { session_id = owner.name }) => {
      signedOn = session_id;
      const value = { name: owner.name, pid: owner.identity.pid, at: new Date().toISOString() };
      setState(db, { scope: `session:${session_id}`, key: "signed_on", value }, owner.name);
      addEvent(db, owner.name, { type: "signed_on", message: session_id });
      return { session_id, session: owner.name };
    },
  }),
  tool({
    name: "sign_off",
    description: "Older name: this session is done; its claims and locks are free.",
    input: {},
    run: ({ db, owner }) => {
      const session_id = signedOn ?? owner.name;
      deleteState(db, { scope: `session:${session_id}`, key: "signed_on" }, owner.name);
      const released = giveBackAll(db, owner).map(({ name }) => name);
      addEvent(db, owner.name, { type: "signed_off", message: session_id });
      signedOn = undefined;
      return { session_id, released };
    },
  }),
  tool({
    name: "store_data",
    description: "Older name of set_state without ifVersion.",
    input: { scope, key, value: z.any() },
    run: ({ db, owner }, { scope, key, value }) =>
      setState(db, { scope, key, value: value ?? null }, owner.name),
  }),
  tool({
    name: "retrieve_data",
    description: "Older name of get_state: the value alone, null where there is none.",
    input: { scope, key },
    readOnly: true,
    run: ({ db }, { scope, key }) => ({ value: getState(db, scope, key)?.value ?? null }),
  }),
  tool({
    name: "delete_data",
    description: "Older name of delete_state.",
    input: { scope, key },
    run: ({ db, owner }, at) => ({ deleted: deleteState(db, at, owner.name).changed }),
  }),
  tool({
    name: "list_scopes",
    description: "Older name of list_state_scopes, by a pattern such as issue:*.",
    input: { pattern: z.string().optional() },
    readOnly: true,
    run: ({ db }, { pattern }) => ({ scopes: scopes(db, pattern) }),
  }),
  tool({
    name: "delete_scope",
    description: "Older name: delete all values of a scope.",
    input: { scope },
    run: ({ db, owner }, { scope }) => ({ deleted: deleteScope(db, scope, owner.name) }),
  }),
];
