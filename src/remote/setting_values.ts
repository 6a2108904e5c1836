import { wrongValue } from "./tokens.ts";

/** The words that values of ssh_config are written in. */

export function flag(keyword: string, value = "no"): boolean {
  if (/^(yes|true)$/i.test(value)) return true;
  if (/^(no|false)$/i.test(value)) return false;
  throw wrongValue(keyword, value);
}

export type Strictness = "yes" | "ask" | "accept-new";

/** `no` takes a new key without a question; unlike ssh, it does not go past a changed one. */
export function strictness(value = "ask"): Strictness {
  const word = value.toLowerCase();
  if (word === "ask" || word === "accept-new") return word;
  if (word === "off") return "accept-new";
  return flag("StrictHostKeyChecking", word) ? "yes" : "accept-new";
}

/** The IP version that names are looked up for; 0 for any. */
export function addressFamily(value = "any"): 0 | 4 | 6 {
  const family = { any: 0, inet: 4, inet6: 6 } as const;
  const found = family[value.toLowerCase() as keyof typeof family];
  if (found === undefined) throw wrongValue("AddressFamily", value);
  return found;
}

/** The time format of sshd_config(5): `90`, `1m30s`; 0 for `none`. */
export function seconds(keyword: string, value = "none"): number {
  if (value === "none") return 0;
  if (!/^(\d+[smhdw]?)+$/i.test(value)) throw wrongValue(keyword, value);
  const unit: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
  let total = 0;
  for (const [, count, letter] of value.matchAll(/(\d+)([smhdw]?)/gi)) {
    total += Number(count) * unit[letter!.toLowerCase() || "s"]!;
  }
  return total;
}

export function count(keyword: string, value: string): number {
  if (!/^\d+$/.test(value)) throw wrongValue(keyword, value);
  return Number(value);
}

const METHODS = ["publickey", "keyboard-interactive", "password"] as const;
export type Method = typeof METHODS[number];

/** The ways to log in that are allowed, in the order of trying them; what only ssh has (gssapi, …) is left out. */
export function methods(one: (keyword: string) => string | undefined): Method[] {
  const order = (one("preferredauthentications") ?? METHODS.join(",")).split(",");
  const pubkey = one("pubkeyauthentication");
  const allowed: Record<Method, boolean> = {
    // The other two values say how a key is bound to the host.
    publickey: /^(unbound|host-bound)$/i.test(pubkey ?? "") || flag("PubkeyAuthentication", pubkey ?? "yes"),
    "keyboard-interactive": flag(
      "KbdInteractiveAuthentication",
      one("kbdinteractiveauthentication") ?? one("challengeresponseauthentication") ?? "yes",
    ),
    password: flag("PasswordAuthentication", one("passwordauthentication") ?? "yes"),
  };
  return order.filter((name): name is Method => allowed[name as Method] === true);
}
