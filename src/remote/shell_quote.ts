/** Written by a shell as it stands, in every shell. */
const PLAIN = /^[A-Za-z0-9_@+:,./-]+$/;

/**
 * A command line that the login shell at the other end, be it sh, bash, dash, zsh, fish, csh or tcsh, splits into
 * exactly these arguments. Shells agree on little: `'…'` holds everything but a quote, a backslash (fish) and `!` (csh).
 * @throws {TypeError} for a NUL, which no argument can have
 */
export function shellQuote(argv: string[]): string {
  if (argv.some((argument) => argument.includes("\0"))) throw new TypeError("an argument has a NUL");
  if (argv.every((argument) => /^[\x20-\x7e]*$/.test(argument))) return argv.map(quote).join(" ");
  // No quoting of a line break suits both sh and csh, and some shells change bytes they do not know: sh decodes those.
  const line = argv.map((argument) => `'${argument.replaceAll("'", "'\\''")}'`).join(" ");
  return `/bin/sh -c 'eval "exec $(printf %b "$0")"' ${quote(octal(line))}`;
}

function quote(argument: string): string {
  if (PLAIN.test(argument)) return argument;
  const parts = argument.match(/[^'\\!]+|['\\!]/g) ?? [];
  return parts.map((part) => part === "'" ? `"'"` : /^[\\!]$/.test(part) ? `\\${part}` : `'${part}'`).join(
    "",
  ) || "''";
}

/** What is not plain as `\0NNN` of printf's %b, so that nothing is left that means something to a shell. */
function octal(argument: string): string {
  return argument.replace(
    /[^A-Za-z0-9_@+:,./-]+/g,
    (text) => [...Buffer.from(text)].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join(""),
  );
}
