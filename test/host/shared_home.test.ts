import { expect, onTestFinished, test } from "vitest";
import { type Host, Lab } from "./lab.ts";
import { BINARY } from "./ops.ts";

const program = "/usr/local/bin/claude-ops";

/** Two containers with one `/home`, and a user who is the same on both. */
async function twoHosts(): Promise<[Host, Host]> {
  const share = `home-${process.pid}`;
  const [one, other] = [await Lab.host({ share }), await Lab.host({ share })];
  onTestFinished(async () => {
    await one.down();
    await other.down();
  });
  for (const host of [one, other]) {
    await host.put(BINARY, program);
    await host.exec(["useradd", "-u", "1500", host === one ? "-m" : "-M", "dev"]);
  }
  await as(
    one,
    "sh",
    "-c",
    `printf '#!/bin/sh\necho ready; exec sleep 600\n' >~/standin; chmod 755 ~/standin`,
  );
  return [one, other];
}

const as = (host: Host, ...argv: string[]) =>
  host.exec([
    "runuser",
    "-u",
    "dev",
    "--",
    "env",
    "-C",
    "/home/dev",
    "HOME=/home/dev",
    "CLAUDE_OPS_CLAUDE=/home/dev/standin",
    ...argv,
  ]);

/** Starts a session in the background of a host; what it said first. */
const start = (host: Host, ...words: string[]) =>
  as(
    host,
    "sh",
    "-c",
    'setsid "$0" session start "$@" >out 2>&1 </dev/null & until grep . out; do sleep .05; done',
    program,
    ...words,
  );

const list = async (host: Host) =>
  Object.fromEntries(
    (JSON.parse(await as(host, program, "session", "list", "--json")).sessions as {
      name: string;
      state: string;
    }[])
      .map((session) => [session.name, session]),
  );

const failed = (started: Promise<string>) =>
  started.then(() => "it started", (error: Error) => error.message);

test("of two containers that share a home, each knows its own sessions by the kernel and the other's as elsewhere", async () => {
  const [one, other] = await twoHosts();
  await start(one, "here");
  await start(other, "there");
  const [seenHere, seenThere] = [await list(one), await list(other)];
  const remote = (host: Host) => ({ state: "elsewhere", live: false, pid: null, host: `host${host.number}` });
  expect(seenHere).toMatchObject({ here: { state: "live", live: true }, there: remote(other) });
  expect(seenThere).toMatchObject({ there: { state: "live", live: true }, here: remote(one) });

  // A name is one session's on both, and nothing is ended or gone on with from the wrong side.
  expect(await start(other, "here")).toContain("a session named here is live already");
  expect(await failed(as(other, program, "session", "stop", "here"))).toContain(`host${one.number}`);
  expect(await start(other, "--resume", "here")).toContain(`session here runs on host${one.number}`);

  // The same pid on the other side is somebody else.
  await one.exec(["kill", "-9", String((seenHere.here as unknown as { pid: number }).pid)]);
  expect(await list(one)).toMatchObject({ here: { state: "ended" }, there: remote(other) });
  // Its own host has seen it end, so it is over for the other one too.
  expect(await list(other)).toMatchObject({
    here: { state: "ended", live: false },
    there: { state: "live" },
  });
  expect(await start(other, "--resume", "here")).toContain("ready");
  expect(await list(one)).toMatchObject({ here: remote(other) });
});
