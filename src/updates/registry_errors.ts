import { errno, Failure } from "../errors.ts";

/** A failure that may be gone a moment later. */
export class Passing extends Failure {}

/** Why a registry answers with this status of HTTP. */
export function refused(status: number, url: URL): Failure {
  if (status === 401 || status === 403) {
    return new Failure(`the npm registry at ${url.host} refuses us (${status})`, {
      code: "registry-auth",
      hint: "log in with `npm login`, or correct the token in ~/.npmrc",
    });
  }
  if (status === 404 || status === 405) {
    return new Failure(`the npm registry at ${url.host} does not have it (${status})`, { code: "not-found" });
  }
  return passing(url, `answered with status ${status}`);
}

/** `what`: the rest of a sentence that begins with the registry. */
export function unreachable(url: URL, what: string, Kind = Failure): Failure {
  return new Kind(`the npm registry at ${url.host} ${what}`, {
    code: "registry-unreachable",
    hint: "check the network, the proxy, and npm's setting `registry`",
  });
}

const passing = (url: URL, what: string) => unreachable(url, what, Passing);

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/;
const PASSING = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "EAI_AGAIN"];

/** What went wrong on the way, without a `cause`: an error of the HTTP client may hold the token. */
export function explain(error: Error, url: URL): Failure {
  const code = errno(error) ?? "";
  if (/^CERT_(NOT_YET_VALID|HAS_EXPIRED)$/.test(code)) return byClock(url, code === "CERT_HAS_EXPIRED");
  if (TLS.test(code) || /certificate/i.test(error.message)) {
    return new Failure(`the npm registry at ${url.host} cannot be trusted: ${code || error.message}`, {
      code: "registry-tls",
      hint: "name the registry's authority in NODE_EXTRA_CA_CERTS or npm's setting `cafile`",
    });
  }
  const unresolved = code === "EAI_AGAIN" || code === "ENOTFOUND";
  // Few words: as doctor's finding it stays within 80 columns.
  const what = `cannot be reached: ${unresolved ? "no address" : code || error.message}`;
  return PASSING.includes(code) ? passing(url, what) : unreachable(url, what);
}

/** Far more often than a registry's certificate, the clock is wrong. */
function byClock(url: URL, expired: boolean): Failure {
  const today = new Date().toISOString().slice(0, 10);
  const how = expired ? "has expired" : "is not valid yet";
  return new Failure(
    `the npm registry at ${url.host} cannot be trusted: its certificate ${how}, and the clock here says ${today}`,
    { code: "registry-tls", hint: "if that date is wrong, set the clock: timedatectl set-ntp true" },
  );
}
