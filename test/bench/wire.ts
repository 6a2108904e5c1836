/**
 * Sending the program compressed against sending it as it is, behind links of several speeds: unpacking on the host costs
 * time too. Includes SHA-256, `sync` and rename on the host, over one open connection.
 * Usage: wire.ts [ROUNDS]. Lab host; medians; JSON on stdout.
 */
import { execFileSync } from "node:child_process";
import { connect } from "../../src/remote/connect.ts";
import { describeFile } from "../../src/remote/binary.ts";
import { nobody } from "../../src/remote/interaction.ts";
import { probe } from "../../src/remote/probe.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { upload } from "../../src/remote/upload.ts";
import { PLAIN, type WireFormat, wireFormat } from "../../src/remote/wire_format.ts";
import { Lab } from "../host/lab.ts";
import { BINARY, Operator } from "../host/ops.ts";
import { compare, report, type Row, took } from "./report.ts";

const rounds = Number(process.argv[2] ?? 3);
const operator = new Operator();
// Packed anew, to see what that takes.
process.env.XDG_CACHE_HOME = operator.home;
const host = await Lab.host();
const target = parseTarget(`host${host.number}`);
const connection = await connect(target, { configFile: operator.sshConfig, interaction: nobody });
const facts = await probe(connection);
const order = { source: BINARY, ...await describeFile(BINARY), mode: "0755", facts };
const formats = { zstd: wireFormat(facts), gzip: wireFormat({ gzip: true, zstd: false }), plain: PLAIN };
const link = execFileSync("scripts/lab", ["link", String(host.number)], { encoding: "utf8" }).trim();
let sent = 0;

try {
  const rows: Row[] = [];
  // The first one packs as well.
  for (const [name, format] of Object.entries(formats)) {
    const [first, again] = [await send(format), await send(format)];
    if (format !== PLAIN) {
      rows.push({ what: `packing the program once, ${name}`, measured: took([first - again]) });
    }
  }
  for (const speed of ["100mbit", "1gbit", undefined]) {
    if (speed) tc("add", "tbf", "rate", speed, "burst", "1mb", "latency", "50ms");
    const ms: Record<string, number[]> = { zstd: [], gzip: [], plain: [] };
    for (let round = 0; round < (speed === "100mbit" ? 1 : rounds); round++) {
      for (const [name, format] of Object.entries(formats)) ms[name]!.push(await send(format));
    }
    if (speed) tc("del");
    const at = speed
      ? `at ${speed.replace(/(.)bit/, (_, unit: string) => ` ${unit.toUpperCase()}bit/s`)}`
      : "at the bridge's speed";
    for (const name of ["zstd", "gzip"]) {
      rows.push(compare(`sending the program ${at}, ${name}`, ms[name]!, "as it is", ms.plain!));
    }
  }
  report(rows, { rounds });
} finally {
  connection.close();
  operator.remove();
  await host.down();
}

/** Milliseconds. */
async function send(format: WireFormat): Promise<number> {
  const destination = `/opt/wire/${++sent}`;
  await host.exec(["sync"]);
  const begin = performance.now();
  if (!await upload(connection, { ...order, destination, format })) throw new Error("it was there");
  const took = performance.now() - begin;
  await host.exec(["rm", "-f", destination]);
  return took;
}

function tc(verb: "add" | "del", ...rule: string[]): void {
  execFileSync("tc", ["qdisc", verb, "dev", link, "root", ...rule]);
}
