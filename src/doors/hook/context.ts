import type { Environment } from "../../claude/environment.ts";
import { Failure } from "../../errors.ts";
import { type Holder, ownHolder, ownId } from "../../guard/holder.ts";
import { type Layout, layoutOf } from "../../sessions/paths.ts";
import type { HookInput } from "./input.ts";

/** What a hook works with. */
export interface HookContext {
  env: Environment;
  layout: Layout;
  input: HookInput;
  /** The id of the session that it runs in, where claude-ops started it. */
  id: string | undefined;
  /** That session; looked up only where it is asked for. Throws Failure where none can be made out. */
  readonly me: Holder;
}

/** @throws Failure where there is no home */
export function contextOf(env: Environment, input: HookInput): HookContext {
  const layout = layoutOf(env);
  let me: Holder | undefined;
  return {
    env,
    layout,
    input,
    id: ownId(layout, env),
    get me() {
      me ??= ownHolder(layout, env);
      if (me === undefined) throw new Failure("no session to be seen that this hook belongs to");
      return me;
    },
  };
}
