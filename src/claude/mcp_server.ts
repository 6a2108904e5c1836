import { isSame } from "./decisions.ts";

type Server = Record<string, unknown>;

/**
 * An MCP server's definition in a few words. Arguments, values of variables and headers, and all of an address but its
 * origin can be secrets: of these only that they are there is said.
 */
export function describeServer(value: unknown): string {
  const { type, command, args, url, env, headers } = value as Server;
  const count = Array.isArray(args) ? args.length : 0;
  return [
    [typeof type === "string" ? type : "stdio", command ?? originOf(url)].filter(isText).join(" "),
    ...(count === 0 ? [] : [`${count} ${count === 1 ? "argument" : "arguments"}`]),
    ...named("env", env),
    ...named("headers", headers),
  ].join(", ");
}

/** In which parts two definitions differ, each by its name. */
export function differingParts(one: unknown, other: unknown): string[] {
  const [a, b] = [parts(one), parts(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((part) => !isSame(a.get(part), b.get(part)));
}

function parts(value: unknown): Map<string, unknown> {
  const { env, headers, ...rest } = value as Server;
  const inner = [["env", env], ["header", headers]].flatMap(([name, values]) =>
    Object.entries(values ?? {}).map(([key, value]) => [`${name} ${key}`, value] as const)
  );
  return new Map([...Object.entries(rest), ...inner]);
}

const isText = (value: unknown): value is string => typeof value === "string";

function named(what: string, values: unknown): string[] {
  const names = Object.keys(values ?? {});
  return names.length === 0 ? [] : [`${what} ${names.join(" ")}`];
}

function originOf(url: unknown): string | undefined {
  if (!isText(url)) return undefined;
  try {
    const { origin, pathname, search } = new URL(url);
    return pathname === "/" && search === "" ? origin : `${origin}/…`;
  } catch {
    return "an address";
  }
}
