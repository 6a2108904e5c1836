import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { Failure } from "../errors.ts";

/** Letter of a token (TOKENS in ssh_config(5)) → what it stands for. */
export type Tokens = Record<string, string>;

/** What the tokens of a connection are made of. */
export interface Connecting {
  /** As the target was typed, and as its HostName makes of it. */
  alias: string;
  hostName: string;
  port: string;
  /** Who logs in there, and who we are here. */
  user: string;
  localUser: string;
  home: string;
  hostKeyAlias?: string | undefined;
  /** ProxyJump as it is written; empty where there is none. */
  jump?: string;
}

/** All tokens that paths may have, and Match exec. */
export function tokensOf(connecting: Connecting): Tokens {
  const { alias, hostName, port, user, localUser, home, hostKeyAlias, jump = "" } = connecting;
  const here = hostname();
  const hash = createHash("sha1").update(here + hostName + port + user + jump).digest("hex");
  return {
    ...{ h: hostName, n: alias, p: port, r: user, u: localUser, i: String(process.getuid?.()) },
    ...{ d: home, k: hostKeyAlias ?? alias, l: here, L: here.split(".")[0]!, C: hash, j: jump },
  };
}

/** @throws {Failure} for a token that the table does not have */
export function expandTokens(text: string, table: Tokens, keyword: string): string {
  return text.replace(/%(.?)/g, (token, letter: string) => {
    if (letter === "%") return "%";
    if (table[letter] === undefined) throw wrongValue(keyword, token);
    return table[letter];
  });
}

export function wrongValue(keyword: string, value: string | undefined): Failure {
  return new Failure(`ssh configuration: ${keyword} cannot be ${JSON.stringify(value)}`, {
    code: "ssh-config",
  });
}
