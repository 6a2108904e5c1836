import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { setTimeout } from "node:timers/promises";
import { getAgent } from "@npmcli/agent";
import getAuth from "npm-registry-fetch/lib/auth.js";
import { type Answer, answerOf } from "./answer.ts";
import type { NpmSettings } from "./npm_settings.ts";
import { explain, Passing, refused, unreachable } from "./registry_errors.ts";

/** A registry gets so long to start its answer, redirects and new attempts included. */
export const ANSWER_MS = 5_000;
const MAX_REDIRECTS = 5;
const ATTEMPTS = 3;

export interface GetOptions {
  accept?: string;
  /** So long may the body stall. */
  idleMs?: number;
}

/**
 * GET with npm's credentials, proxy and authorities; the body comes only as fast as it is read. (npm-registry-fetch
 * 19.1.1 hands bodies on without back-pressure: a registry faster than the disk fills the memory.)
 * Throws Failure `registry-unreachable`, `registry-tls`, `registry-auth` or `not-found`.
 */
export async function get(
  address: string,
  npm: NpmSettings,
  { accept = "*/*", idleMs = 20_000 }: GetOptions = {},
): Promise<Answer> {
  const until = Date.now() + ANSWER_MS;
  for (let attempt = 1;; attempt++) {
    try {
      return await follow(new URL(address), npm, { accept, idleMs }, until);
    } catch (error) {
      const again = error instanceof Passing && attempt < ATTEMPTS && until - Date.now() > 1_000;
      if (!again) throw error;
      await setTimeout(attempt * 200);
    }
  }
}

async function follow(
  start: URL,
  npm: NpmSettings,
  options: Required<GetOptions>,
  until: number,
): Promise<Answer> {
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const message = await once(url, npm, options.accept, until - Date.now());
    const { statusCode = 0, headers } = message;
    if (statusCode === 200) return answerOf(message, url, options.idleMs);
    message.destroy();
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) {
      throw refused(statusCode, url);
    }
    const next = URL.canParse(headers.location, url) ? new URL(headers.location, url) : undefined;
    if (next?.protocol !== url.protocol && next?.protocol !== "https:") {
      throw unreachable(url, "sent us to an address that we do not follow");
    }
    url = next;
  }
  throw unreachable(url, "sent us in a circle");
}

function once(url: URL, npm: NpmSettings, accept: string, withinMs: number): Promise<IncomingMessage> {
  const { token, auth, cert, key } = getAuth(url.href, { ...npm.credentials, registry: npm.registry });
  const tls = {
    ca: npm.ca,
    rejectUnauthorized: npm.strictSSL,
    ...(cert && key ? { cert, key } : {}),
  };
  const headers: Record<string, string> = { accept, "user-agent": "claude-ops" };
  if (token) headers.authorization = `Bearer ${token}`;
  else if (auth) headers.authorization = `Basic ${auth}`;
  const agent = getAgent(url.href, { ...tls, keepAlive: false, proxy: npm.proxy, noProxy: npm.noProxy });
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { agent, headers, ...tls });
    const timer = globalThis.setTimeout(() => {
      // Rejected here: a connection that is still being made may report its end much later.
      reject(unreachable(url, `did not answer within ${ANSWER_MS / 1000} s`));
      request.destroy();
    }, Math.max(withinMs, 1));
    request.on("error", (error) => reject(explain(error, url)));
    request.on("response", resolve);
    request.on("close", () => clearTimeout(timer));
    request.on("response", () => clearTimeout(timer));
    request.end();
  });
}
