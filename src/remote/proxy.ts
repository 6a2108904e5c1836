import { Failure } from "../errors.ts";
import type { ConfigValues } from "./ssh_config.ts";
import { parseTarget, type Target } from "./target.ts";
import { expandTokens, type Tokens, wrongValue } from "./tokens.ts";

/** The way round, where a host is not connected to directly: over other hosts, the nearest first, or by a command's pipes. */
export type Proxy = { jumps: Target[] } | { command: string };

/** @throws {Failure} for a ProxyJump that ssh would refuse */
export function proxyOf(values: ConfigValues, tokens: Tokens): Proxy | undefined {
  const one = (keyword: string) => values.get(keyword)?.[0] ?? "none";
  const { h, n, p, r } = tokens as Record<"h" | "n" | "p" | "r", string>;
  const expand = (text: string, keyword: string) => expandTokens(text, { h, n, p, r }, keyword);
  const jump = one("proxyjump");
  if (jump.toLowerCase() !== "none") return { jumps: jumpsOf(expand(jump, "ProxyJump")) };
  const command = one("proxycommand");
  return command.toLowerCase() === "none" ? undefined : { command: expand(command, "ProxyCommand") };
}

function jumpsOf(text: string): Target[] {
  return text.split(",").map((hop) => {
    try {
      return parseTarget(hop);
    } catch (error) {
      if (error instanceof Failure) throw wrongValue("ProxyJump", text);
      throw error;
    }
  });
}
