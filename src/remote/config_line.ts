import { Failure } from "../errors.ts";

/** Keywords that decide where or how ssh connects and that we cannot follow: refused where they are set. */
export const UNSUPPORTED = ["canonicalizehostname", "proxyusefdpass", "bindinterface", "knownhostscommand"];

/** What we act on. A block that we cannot judge may be passed over only when it has none of these. */
const HONOURED = new Set([
  ..."hostname user port identityfile identitiesonly identityagent addressfamily bindaddress".split(" "),
  ..."userknownhostsfile globalknownhostsfile stricthostkeychecking hostkeyalias hashknownhosts".split(" "),
  ..."connecttimeout serveraliveinterval serveralivecountmax proxyjump proxycommand include tag".split(" "),
  ..."batchmode preferredauthentications pubkeyauthentication passwordauthentication".split(" "),
  ..."kbdinteractiveauthentication challengeresponseauthentication numberofpasswordprompts".split(" "),
  ..."revokedhostkeys ciphers macs kexalgorithms hostkeyalgorithms".split(" "),
  ...UNSUPPORTED,
]);

/** Those of them that have more than one value. */
const SEVERAL = new Set(["include", "userknownhostsfile", "globalknownhostsfile"]);

export function isHonoured(keyword: string): boolean {
  return HONOURED.has(keyword);
}

/** A line of ssh_config. */
export interface Directive {
  /** As it is written. */
  param: string;
  /** In lower case. */
  keyword: string;
  words: string[];
}

/**
 * One line; undefined for one that says nothing.
 * @param where for the error's text
 * @throws {Failure} for a line that ssh would refuse
 */
export function parseLine(line: string, where: string): Directive | undefined {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return undefined;
  const [, param = "", rest = ""] = /^"?([^\s="]+)"?\s*=?\s*(.*)$/.exec(text) ?? [];
  const keyword = param.toLowerCase();
  // ssh takes a command as it stands, quotes and all.
  const words = keyword === "proxycommand" && rest !== "" ? [rest.replace(/^[\s=]+/, "")] : splitWords(rest);
  const trouble = words === undefined
    ? "a quote is not closed"
    : words.join("") === ""
    ? `${param} has no value`
    : words.length > 1 && isHonoured(keyword) && !SEVERAL.has(keyword)
    ? `${param} has one value`
    : undefined;
  if (words === undefined || trouble !== undefined) {
    throw new Failure(`${where} cannot be read: ${text}`, { hint: trouble!, code: "ssh-config" });
  }
  return { param, keyword, words };
}

/** As `argv_split` of OpenSSH 9.2: quotes of both kinds, few escapes, up to a comment; undefined for an open quote. */
function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/[ \t]/.test(text[at]!)) {
      at++;
      continue;
    }
    if (text[at] === "#") break;
    let word = "";
    let quote = "";
    for (; at < text.length && (quote !== "" || !/[ \t]/.test(text[at]!)); at++) {
      const letter = text[at]!;
      const next = text[at + 1] ?? "";
      if (letter === "\\" && (/['"\\]/.test(next) || (quote === "" && next === " "))) word += text[++at];
      else if (quote === "" && /['"]/.test(letter)) quote = letter;
      else if (letter === quote) quote = "";
      else word += letter;
    }
    if (quote !== "") return undefined;
    words.push(word);
  }
  return words;
}
