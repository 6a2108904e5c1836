#!/usr/bin/env node
// Starts the claude-ops that fits this machine, out of the package that npm chose, and ends as it ends.
"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const musl = process.platform === "linux" && !process.report?.getReport().header.glibcVersionRuntime;
const name = `claude-ops-${process.platform}-${process.arch}${musl ? "-musl" : ""}`;
let program;
try {
  program = require.resolve(`${name}/bin/claude-ops`);
} catch {
  console.error(`error: there is no ${name} beside this package`);
  console.error("hint: install without --omit=optional; only Linux and macOS are built for");
  process.exit(1);
}
const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
