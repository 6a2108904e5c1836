import semver from "semver";
import ssri from "ssri";
import { Failure } from "../errors.ts";
import { ANSWER_MS, get } from "./http.ts";
import type { NpmSettings } from "./npm_settings.ts";
import type { Platform } from "../runtime/platform.ts";
import { MAIN_PACKAGE, platformPackage } from "./package.ts";

/** One version of a platform's package, as the registry describes it. */
export interface Manifest {
  name: string;
  version: string;
  /** Address of the tarball. */
  tarball: string;
  /** Subresource integrity of the tarball, sha512 at least. */
  integrity: string;
  /** Bytes that the package takes once extracted, where the registry says. */
  unpackedSize?: number;
}

/** Abbreviated package documents: a tenth of the full ones. */
const PACKUMENT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";
const MAX_DOCUMENT = 64 << 20;

/**
 * Finds the package for a dist-tag (`latest`, `stable`), an exact version or a semver range.
 * Throws Failure `registry-unreachable`, `registry-tls`, `registry-auth`, `version-unknown` or `package-unverifiable`.
 */
export async function resolve(wanted: string, platform: Platform, npm: NpmSettings): Promise<Manifest> {
  const name = platformPackage(platform);
  const version = semver.valid(wanted) ?? await choose(wanted, name, npm);
  const found = await one(name, version, npm) ?? entry(await packument(name, npm), version);
  if (found === undefined) throw await unknown(version, name, npm);
  return manifest(found, name, version, npm);
}

/**
 * One version of any package, and all that the registry says of it; undefined where it has none.
 * Throws as `resolve` does.
 */
export async function exactVersion(
  name: string,
  version: string,
  npm: NpmSettings,
): Promise<{ manifest: Manifest; document: Record<string, unknown> } | undefined> {
  const document = await one(name, version, npm);
  return document && { manifest: manifest(document, name, version, npm), document };
}

/** The version behind a tag or a range. */
async function choose(wanted: string, name: string, npm: NpmSettings): Promise<string> {
  const range = semver.validRange(wanted);
  if (range === null && !/^[a-z][\w.-]{0,60}$/i.test(wanted)) {
    throw new Failure("that is neither a version of Claude Code nor the name of a tag", {
      code: "version-unknown",
      hint: "say latest, or a version such as 2.1.329",
    });
  }
  const version = range === null
    ? (await one(MAIN_PACKAGE, wanted, npm))?.version ??
      field((await packument(MAIN_PACKAGE, npm))["dist-tags"])[wanted]
    : semver.maxSatisfying(Object.keys(field((await packument(name, npm)).versions)), range);
  if (typeof version !== "string" || !semver.valid(version)) throw await unknown(wanted, name, npm);
  return version;
}

type Json = Record<string, unknown>;
const field = (value: unknown): Json => typeof value === "object" && value !== null ? value as Json : {};
const entry = (document: Json, version: string): Json | undefined =>
  Object.hasOwn(field(document.versions), version) ? field(field(document.versions)[version]) : undefined;

/** The small document of one version or tag, or undefined where the registry has none. */
async function one(name: string, version: string, npm: NpmSettings): Promise<Json | undefined> {
  return await document(`${address(name)}/${encodeURIComponent(version)}`, npm, "application/json");
}

/** The document of a whole package. */
async function packument(name: string, npm: NpmSettings): Promise<Json> {
  const found = await document(address(name), npm, PACKUMENT);
  if (found !== undefined) return found;
  throw new Failure(`the npm registry at ${host(npm)} has no package ${name}`, {
    code: "version-unknown",
    hint: "point npm's setting `registry` at a registry that carries it",
  });
}

const host = (npm: NpmSettings) => new URL(npm.registry).host;
const address = (name: string) => name.replace("/", "%2f");

async function document(path: string, npm: NpmSettings, accept: string): Promise<Json | undefined> {
  try {
    const answer = await get(npm.registry + path, npm, { accept, idleMs: ANSWER_MS });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      if ((size += chunk.length) > MAX_DOCUMENT) throw new SyntaxError("too long");
    }
    return field(JSON.parse(Buffer.concat(chunks).toString()));
  } catch (error) {
    if (error instanceof Failure && error.code === "not-found") return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure(`what answers at ${host(npm)} is not an npm registry`, {
      code: "registry-unreachable",
      hint: "check the proxy (a login page?) and npm's setting `registry`",
    });
  }
}

const isWeb = (value: unknown): value is string =>
  typeof value === "string" && URL.canParse(value) && /^https?:/i.test(value);

function manifest(found: Json, name: string, version: string, npm: NpmSettings): Manifest {
  const { tarball, integrity, unpackedSize } = field(found.dist);
  const hashes = typeof integrity === "string" ? ssri.parse(integrity) : null;
  if (found.name !== name || found.version !== version || !isWeb(tarball)) {
    throw unverifiable(name, version, "the registry's description of it does not fit");
  }
  if (!hashes?.sha512?.length) throw unverifiable(name, version, "the registry names no SHA-512 hash of it");
  return {
    name,
    version,
    tarball: rehosted(tarball, npm),
    integrity: hashes.sha512.join(" "),
    ...(typeof unpackedSize === "number" && unpackedSize > 0 ? { unpackedSize } : {}),
  };
}

/** npm's `replace-registry-host`: a mirror may pass on tarball addresses of the registry it mirrors. */
function rehosted(tarball: string, npm: NpmSettings): string {
  const url = new URL(tarball);
  if (npm.replaceHost !== "always" && npm.replaceHost !== url.hostname) return url.href;
  const registry = new URL(npm.registry);
  const path = url.pathname.startsWith(registry.pathname)
    ? url.pathname
    : registry.pathname + url.pathname.slice(1);
  return new URL(path + url.search, registry).href;
}

function unverifiable(name: string, version: string, why: string): Failure {
  return new Failure(`${name} ${version} is refused: ${why}`, {
    code: "package-unverifiable",
    hint: "use another version, or a registry that passes on what npm's has",
  });
}

/** Says what there is instead. */
async function unknown(wanted: string, name: string, npm: NpmSettings): Promise<Failure> {
  const { versions } = await packument(name, npm);
  const { "dist-tags": tags } = await packument(MAIN_PACKAGE, npm);
  const named = Object.entries(field(tags)).map(([tag, version]) => `${tag} (${version})`).join(", ");
  const near = semver.valid(wanted) && nearest(wanted, Object.keys(field(versions)));
  const platform = name.slice(MAIN_PACKAGE.length + 1);
  return new Failure(`the npm registry at ${host(npm)} has no Claude Code ${wanted} for ${platform}`, {
    code: "version-unknown",
    hint: `it has ${named || "no tags"}${near ? `; nearest to ${wanted}: ${near}` : ""}`,
  });
}

/** The version just below the wanted one, else the one just above. */
function nearest(wanted: string, versions: string[]): string | undefined {
  const sorted = versions.filter((version) => semver.valid(version)).sort(semver.compare);
  return sorted.findLast((version) => semver.lt(version, wanted)) ?? sorted[0];
}
