import { accessSync } from "node:fs";
import Config from "@npmcli/config";
import npm from "@npmcli/config/lib/definitions/index.js";
import { Failure } from "../errors.ts";
import { trustedAuthorities } from "./certificates.ts";

/** How to reach the registry, in npm's own terms. */
export interface NpmSettings {
  /** Address of the registry, without credentials, ending with `/`. */
  registry: string;
  /** `//host/path/:_authToken` and its like, as in an `.npmrc`. Secret. */
  credentials: Record<string, string>;
  /** Certificates of all authorities that count. */
  ca: string[];
  strictSSL: boolean;
  /** Where unset, `HTTPS_PROXY` and its like count. May hold a password. */
  proxy: string | undefined;
  noProxy: string | undefined;
  /** Host whose tarball addresses are sent to the registry instead: a host name, `always` or `never`. */
  replaceHost: string;
}

export type Environment = Record<string, string | undefined>;

/** Directories of the machine's own `npmrc`: the last word of the administrator first. */
export const MACHINE_DIRS = ["/usr/local/etc", "/usr/etc", "/etc"];

const KEYS = [
  ...["registry", "ca", "cafile", "strict-ssl", "proxy", "https-proxy", "noproxy"],
  ...["userconfig", "globalconfig", "prefix", "replace-registry-host"],
];

/**
 * Reads npm's settings as npm does (environment, the user's `.npmrc`, the machine's `npmrc`), except that the
 * project's `.npmrc` is never looked at: whoever can plant a file in a directory must not choose our registry.
 * @param scope whose registry is meant, where it has one of its own; empty for packages without a scope
 */
export async function npmSettings(
  env: Environment = process.env,
  machineDirs = MACHINE_DIRS,
  scope = "@anthropic-ai",
): Promise<NpmSettings> {
  const values = await layered(env, machineDirs);
  const text = (key: string) => typeof values[key] === "string" && values[key] ? values[key] : undefined;
  const credentials: Record<string, string> = {};
  // Not Object.entries: the layers inherit from one another.
  for (const key in values) {
    const value = text(key);
    if (key.startsWith("//") && value !== undefined) credentials[key] = value;
  }
  const registry = registryOf(text(`${scope}:registry`) ?? text("registry") ?? "", credentials);
  const files = [text("cafile"), env.NODE_EXTRA_CA_CERTS].filter((file) => file !== undefined && file !== "");
  const texts = [values.ca].flat().filter((pem) => typeof pem === "string");
  return {
    registry,
    credentials,
    ca: trustedAuthorities(files as string[], texts),
    strictSSL: values["strict-ssl"] !== false,
    proxy: text("https-proxy") ?? text("proxy"),
    noProxy: [values.noproxy].flat().filter(Boolean).join(",") || undefined,
    replaceHost: replaced(text("replace-registry-host") ?? "npmjs"),
  };
}

/** Runs those steps of `Config.load()` that we want: not the command line, not the project. */
async function layered(env: Environment, machineDirs: string[]): Promise<Record<string, unknown>> {
  const config = new Config({
    definitions: Object.fromEntries(KEYS.map((key) => [key, npm.definitions[key]])),
    shorthands: {},
    flatten: () => {},
    npmPath: machineDirs.at(-1) ?? "/etc",
    env: { ...env },
    argv: [],
    cwd: "/",
    warn: false,
  });
  const defaults = () => config.data.get("default")!.data;
  try {
    config.loadDefaults();
    config.loadEnv();
    await config.loadUserConfig();
    const values = config.data.get("cli")!.data;
    // A file named by a setting replaces the getter that derives its place from the prefix.
    const named = Object.getOwnPropertyDescriptor(defaults(), "globalconfig")?.get === undefined;
    const chosen = named || values.prefix !== defaults().prefix;
    // npm derives this file's place from where node is; we have no node, so the usual places are tried.
    if (!chosen) defaults().globalconfig = globalFile(machineDirs);
    await config.loadGlobalConfig();
    if (!config.sources.has(`${machineDirs.at(-1)}/npmrc`)) await config.loadBuiltinConfig();
    return values;
  } catch (error) {
    throw new Failure(`npm's settings cannot be read: ${(error as Error).message}`, {
      code: "npm-settings",
      hint: "look at ~/.npmrc and the npm_config_… variables",
      cause: error,
    });
  }
}

function globalFile(machineDirs: string[]): string {
  const files = machineDirs.slice(0, -1).map((dir) => `${dir}/npmrc`);
  return files.find((file) => exists(file)) ?? files[0] ?? "/usr/local/etc/npmrc";
}

function exists(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

/** The bare address; a user and password in it move to where npm keeps credentials. */
function registryOf(value: string, credentials: Record<string, string>): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Failure("npm's setting `registry` is not a web address", {
      code: "npm-settings",
      hint: "set it with: npm config set registry https://…",
    });
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  if (url.username || url.password) {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    credentials[`//${url.host}${url.pathname}:_auth`] ??= Buffer.from(login).toString("base64");
    url.username = url.password = "";
  }
  url.search = url.hash = "";
  return url.href;
}

/** npm's word `npmjs` means the host of its default registry. */
function replaced(value: string): string {
  if (value === "npmjs") return new URL(String(npm.definitions.registry?.default)).hostname;
  return URL.canParse(value) ? new URL(value).hostname : value;
}
