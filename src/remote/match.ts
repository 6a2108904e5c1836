import { spawn } from "node:child_process";
import { Failure } from "../errors.ts";
import { matchesList } from "./pattern.ts";
import { expandTokens, type Tokens } from "./tokens.ts";

/** Whether a block counts; `cannot tell` for criteria that we do not have. */
export type Active = "yes" | "no" | "cannot tell";

export interface MatchFacts {
  host: string;
  originalHost: string;
  user: string;
  localUser: string;
  tag: string;
  /** Whether this is the second reading, that `final` asks for. */
  final: boolean;
  /** For `exec`. */
  tokens: Tokens;
  shell: string;
}

interface Criterion {
  name: string;
  negated: boolean;
  argument: string;
}

const WITHOUT_ARGUMENT = new Set(["all", "canonical", "final"]);

/** The criteria of a Match line, in its order. */
export function criteriaOf(words: string[]): Criterion[] {
  const criteria: Criterion[] = [];
  for (let at = 0; at < words.length; at++) {
    const negated = words[at]!.startsWith("!");
    const name = words[at]!.slice(negated ? 1 : 0).toLowerCase();
    criteria.push({ name, negated, argument: WITHOUT_ARGUMENT.has(name) ? "" : words[++at] ?? "" });
  }
  return criteria;
}

/** All criteria have to hold. As in ssh, a command is run only where those before it hold. */
export async function judgeMatch(criteria: Criterion[], facts: MatchFacts): Promise<Active> {
  let verdict: Active = "yes";
  for (const criterion of criteria) {
    const holds = await judge(criterion, facts);
    if (holds === undefined) verdict = "cannot tell";
    else if (holds === criterion.negated) return "no";
  }
  return verdict;
}

function judge({ name, argument }: Criterion, facts: MatchFacts): boolean | Promise<boolean> | undefined {
  const listed = (text: string) => matchesList(argument.split(","), text);
  if (name === "all") return true;
  if (name === "final" || name === "canonical") return facts.final;
  // Names of hosts have no case, names of users have.
  const isHost = (host: string) => matchesList(argument.toLowerCase().split(","), host.toLowerCase());
  if (name === "host") return isHost(facts.host);
  if (name === "originalhost") return isHost(facts.originalHost);
  if (name === "user") return listed(facts.user);
  if (name === "localuser") return listed(facts.localUser);
  if (name === "tagged") return listed(facts.tag);
  if (name === "exec") return succeeds(expandTokens(argument, facts.tokens, "Match exec"), facts.shell);
  return undefined;
}

/** The user's own command by the user's own shell, as ssh runs it; it has no input and its output goes nowhere. */
function succeeds(command: string, shell: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(shell, ["-c", command], { stdio: "ignore" });
    child.once(
      "error",
      (cause) =>
        reject(
          new Failure(`Match exec: ${shell} does not run: ${cause.message}`, { code: "ssh-config", cause }),
        ),
    );
    child.once("close", (code) => resolve(code === 0));
  });
}
