import type { Io } from "../../cli/io.ts";
import { renderTable } from "../../cli/output.ts";
import type { Grant } from "../../coordination/grants.ts";
import { age } from "../../sessions/age.ts";

/** Who has what, for people. */
export function renderGrants(grants: readonly Grant[], io: Io, nothing: string): string {
  if (grants.length === 0) return nothing;
  const columns = [
    { title: "NAME" },
    { title: "OWNER" },
    { title: "FOR", align: "right" },
    { title: "UNTIL", from: 60 },
    { title: "NUMBER", from: 70, align: "right" },
    { title: "NOTE", shrink: true },
  ] as const;
  const rows = grants.map(({ name, owner, since, expiry, number, note }) => [
    name,
    owner.name,
    age(since),
    expiry?.time.replace(/\.\d+/, "") ?? "its owner ends",
    String(number),
    note ?? "",
  ]);
  return renderTable(columns, rows, io.columns, io.style.dim);
}
