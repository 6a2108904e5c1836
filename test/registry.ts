import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { npmSettings } from "../src/updates/npm_settings.ts";

const VERDACCIO = new URL("../node_modules/verdaccio/bin/verdaccio", import.meta.url).pathname;

/** Kept between runs: the packages are big. */
export const SHARED_STORAGE = join(tmpdir(), "claude-ops-verdaccio-cache");

export interface RegistryOptions {
  /** Loopback unless a lab's guests are to reach it. */
  address?: string;
  /** One of its own by default where tests damage it, else the shared one. */
  storage?: string;
  /** Who may read: Verdaccio's group names. */
  access?: "$all" | "$authenticated";
  /** PEM files; with them it speaks TLS. */
  tls?: { key: string; cert: string };
  /** Leave the real registry out: only what is in the storage. */
  offline?: boolean;
  /** Let whoever has a token publish. */
  publish?: boolean;
}

export interface Registry {
  /** Ends with `/`. */
  url: string;
  storage: string;
  /** Makes a user; returns their token. */
  login(): Promise<string>;
  stop(): Promise<void>;
}

/** A real Verdaccio in front of the npm registry that this machine is configured for. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { address = "127.0.0.1", storage = SHARED_STORAGE, access = "$all", tls, offline = false, publish } =
    options;
  const dir = mkdtempSync(join(tmpdir(), "verdaccio-"));
  mkdirSync(storage, { recursive: true });
  const upstream = await npmSettings();
  const authorities = join(dir, "authorities.pem");
  writeFileSync(authorities, upstream.ca.join("\n"));
  const token = Object.entries(upstream.credentials).find(([key]) => key.endsWith(":_authToken"))?.[1];
  const rule = {
    access,
    publish: publish ? "$authenticated" : "nobody",
    ...(offline ? {} : { proxy: "upstream" }),
  };
  const config = {
    storage,
    uplinks: {
      upstream: {
        url: upstream.registry,
        timeout: "60s",
        maxage: "60m",
        max_fails: 100,
        fail_timeout: "1s",
        ...(token === undefined ? {} : { auth: { type: "bearer", token_env: "UPSTREAM_TOKEN" } }),
      },
    },
    packages: { "@*/*": rule, "**": rule },
    auth: { htpasswd: { file: join(dir, "htpasswd"), max_users: 10 } },
    ...(tls === undefined ? {} : { https: tls }),
    max_body_size: "500mb",
    web: { enable: false },
    middlewares: { audit: { enabled: false } },
    log: { type: "stdout", format: "json", level: "warn" },
  };
  // Every JSON text is YAML as well.
  writeFileSync(join(dir, "config.yaml"), JSON.stringify(config));
  const scheme = tls === undefined ? "http" : "https";
  const origin = `${scheme}://${address}:${await freePort(address)}`;
  const log = openSync(join(dir, "log"), "w");
  const child = spawn("node", [VERDACCIO, "--config", join(dir, "config.yaml"), "--listen", origin], {
    cwd: dir,
    stdio: ["ignore", log, log],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authorities, UPSTREAM_TOKEN: token ?? "" },
  });
  const orphaned = () => void child.kill("SIGKILL");
  process.on("exit", orphaned);
  const stop = async () => {
    process.off("exit", orphaned);
    await ended(child);
    rmSync(dir, { recursive: true, force: true });
  };
  if (!await listens(child, origin)) {
    const why = existsSync(join(dir, "log")) ? readFileSync(join(dir, "log"), "utf8").slice(-2000) : "";
    await stop();
    throw new Error(`Verdaccio did not start on ${origin}: ${why}`);
  }
  return { url: `${origin}/`, storage, login: () => login(`${origin}/`), stop };
}

async function freePort(address: string): Promise<number> {
  const probe = createServer().listen(0, address);
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function listens(child: ChildProcess, origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  for (const until = Date.now() + 30_000; Date.now() < until && child.exitCode === null;) {
    const open = await new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return true;
    await setTimeout(100);
  }
  return false;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

async function login(url: string): Promise<string> {
  const name = `user${Date.now()}`;
  const answer = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password: crypto.randomUUID() }),
  });
  const { token } = await answer.json() as { token?: string };
  if (token === undefined) throw new Error(`Verdaccio gave no token: ${answer.status}`);
  return token;
}
