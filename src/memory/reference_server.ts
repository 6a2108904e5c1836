import type { Imported } from "./import.ts";
import type { Memory } from "./memory.ts";

/** A line of the file of the MCP reference memory server (@modelcontextprotocol/server-memory 2026.8.31). */
export type Fact =
  | { type: "entity"; name: string; entityType: string; observations: string[] }
  | { type: "relation"; from: string; to: string; relationType: string };

const isText = (value: unknown) => typeof value === "string";

/** Whether a line of JSON is one of the file of the MCP reference memory server. */
export function isFact(value: object): value is Fact {
  const { type, name, entityType, observations, from, to, relationType } = value as Record<string, unknown>;
  if (type === "relation") return [from, to, relationType].every(isText);
  return type === "entity" && [name, entityType].every(isText) && Array.isArray(observations) &&
    observations.every(isText);
}

/** Each entity and each relation is a memory that people can read, and that can be turned back (`factOf`). */
export function importedFact(where: string, fact: Fact): Imported {
  const text = textOf(fact);
  return {
    where,
    tags: [fact.type],
    text: sameFact(parse(fact.type, text), fact) ? text : JSON.stringify(fact),
  };
}

function textOf(fact: Fact): string {
  if (fact.type === "relation") return `[[${fact.from}]] ${fact.relationType} [[${fact.to}]]`;
  const observations = fact.observations.map((each) => `- ${each.replaceAll("\n", "\n  ")}`);
  return [`[[${fact.name}]] (${fact.entityType})`, ...observations].join("\n");
}

function parse(type: Fact["type"], text: string): Fact | undefined {
  if (type === "relation") {
    const [, from, relationType, to] = /^\[\[(.*?)\]\] (.*) \[\[(.*?)\]\]$/.exec(text) ?? [];
    return from === undefined ? undefined : { type, from, to: to!, relationType: relationType! };
  }
  const [head, ...rest] = text.split(/\n(?=- )/);
  const [, name, entityType] = /^\[\[(.*?)\]\] \((.*)\)$/.exec(head!) ?? [];
  if (name === undefined) return undefined;
  return {
    type,
    name,
    entityType: entityType!,
    observations: rest.map((each) => each.slice(2).replaceAll("\n  ", "\n")),
  };
}

/** A memory as the reference server knows it: what came from there as it was, any other as an entity of its own. */
export function factOf({ id, text, tags }: Memory): Fact {
  for (const type of ["entity", "relation"] as const) {
    if (!tags.includes(type)) continue;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "object" && value !== null && isFact(value)) return value;
    } catch {
      // The readable form.
    }
    const fact = parse(type, text);
    if (fact !== undefined) return fact;
  }
  return { type: "entity", name: `memory ${id}`, entityType: tags[0] ?? "memory", observations: [text] };
}

function sameFact(a: Fact | undefined, b: Fact): boolean {
  const parts = (fact: Fact) =>
    fact.type === "entity"
      ? [fact.name, fact.entityType, fact.observations]
      : [fact.from, fact.to, fact.relationType];
  return a !== undefined && JSON.stringify(parts(a)) === JSON.stringify(parts(b));
}
