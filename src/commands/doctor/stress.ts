import { mkdirSync, rmSync, statfsSync } from "node:fs";
import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { type Figures, stressClaims, stressQueue, stressWrites } from "../../coordination/stress/stress.ts";
import { Exit, Failure } from "../../errors.ts";
import { ensureLayout, layoutOf } from "../../sessions/paths.ts";

/** Bytes that the whole takes on the disk for a while, and some more. */
const room = 256 << 20;

/** `doctor --stress`: what is promised of the shared database, tried on this machine and on the file system that it is on. */
export async function doctorStress({ share }: { share: number }, io: Io): Promise<Outcome> {
  const layout = layoutOf(process.env);
  ensureLayout(layout);
  const { bavail, bsize } = statfsSync(layout.ops);
  if (bavail * bsize < room) {
    throw new Failure(`there is too little room for a stress test in ${layout.ops}`, {
      hint: "make 256 MiB free first",
    });
  }
  const part = (whole: number) => Math.max(1, Math.round(whole * share / 100));
  const directory = `${layout.ops}/stress-${process.pid}`;
  const begin = (name: string) => {
    mkdirSync(`${directory}/${name}`, { recursive: true, mode: 0o700 });
    if (!io.json) io.stderr(`${name} …\n`);
    return `${directory}/${name}`;
  };
  try {
    const writes = await stressWrites(begin("writes"), {
      processes: 16,
      count: part(1000),
      kills: part(100),
    });
    const claims = await stressClaims(begin("claims"), { processes: 32, rounds: part(100_000) });
    const queue = await stressQueue(begin("queue"), { processes: 12, count: part(5000) });
    const parts = { writes, claims, queue };
    const faults = Object.values(parts).flatMap(({ faults }) => faults);
    return {
      data: { ok: faults.length === 0, ...parts },
      render: () =>
        [
          `writes: ${writes.acknowledged} acknowledged by ${people(writes)}, ${kept(writes)}`,
          `claims: ${claims.grants} names, each wanted by ${people(claims)}, ${once(claims)}`,
          `queue: ${queue.tasks} tasks for ${people(queue)}, ${once(queue)}`,
          ...faults.map((fault) => `${io.style.failed} ${fault}`),
        ].join("\n"),
      exit: faults.length === 0 ? Exit.ok : Exit.findings,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const people = ({ processes, killed }: Figures) =>
  `${processes} processes${killed === 0 ? "" : `, ${killed} times killed`}`;
const seconds = ({ milliseconds }: Figures) => `in ${(milliseconds / 1000).toFixed(1)} s`;
const kept = (figures: Figures) =>
  `${figures.faults.length === 0 ? "all kept" : "not all kept"}, ${seconds(figures)}`;
const once = (figures: Figures) =>
  `${figures.faults.length === 0 ? "each had by one" : "not each had by one"}, ${seconds(figures)}`;
