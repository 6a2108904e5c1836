import { loadConfig } from "../../config/load.ts";
import { Failure } from "../../errors.ts";
import type { Check } from "../resource.ts";

/** A configuration that is wrong, or that root does not trust, stops other commands; doctor goes on without it. */
export function configuration(system: boolean): Check {
  return {
    id: "config",
    title: "configuration",
    why: "updates and cleanup refuse to run while it is wrong",
    needs: ["dir:etc"],
    fix: [["claude-ops", "config", "check"]],
    async read() {
      try {
        await loadConfig({ system });
        return null;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { expected: "a configuration without mistakes", actual: error.message };
      }
    },
  };
}
