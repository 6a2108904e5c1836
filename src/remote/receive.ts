import { SHA256 } from "./shell_hash.ts";
import type { WireFormat } from "./wire_format.ts";

/** Exit statuses of the program that receives a file. */
export const STATUS = { mismatch: 65, directory: 66, short: 67, dead: 68 };

/**
 * Receives a file on the host. $1 destination, $2 SHA-256, $3 mode, $4 what is sent, $5 its size on the wire.
 * It tells with `have SIZE SHA256` how much of it an earlier try has left, reads `resume` or `fresh`, then the rest.
 *
 * A partial file is named by what it is part of and its writer's pid, so that it is a leftover exactly if nobody has that
 * pid. One whose writer has not noticed yet that its connection is gone is copied: a beginning is a beginning.
 * What arrives is unpacked, checked, brought to disk and renamed: whatever happens before leaves the old file.
 * With `trial`, a program has to start there first: a libc, a kernel or a processor may lack what it needs.
 * What a cut leaves stays for the next try, unless the destination is right already; a full disk gets its room back.
 */
export function receiver(format: WireFormat, trial = false): string {
  return [
    SHA256,
    `umask 077; t=$1.$4.$$.partial u=$1.new.$$.partial best= most=0; test -d $1 && exit ${STATUS.directory}`,
    "dead() { p=${1%.partial}; test ! -d /proc/${p##*.}; }",
    "(umask 022; mkdir -p ${1%/*}); rm -f $t $u",
    "for f in $1.*.partial; do test -f $f || continue; case $f in " +
    "$1.$4.*) n=$(wc -c < $f); if test $n -gt $most; then best=$f most=$n; fi ;; *) dead $f && rm -f $f ;; esac; done",
    'if test -n "$best"; then if dead $best; then mv -f $best $t; else cp $best $t; fi; fi',
    ": >> $t; set -- $1 $2 $3 $4 $5 $(sha256 < $t); echo have $(wc -c < $t) $6",
    "read -r how; test x$how = xresume || : > $t",
    "cat >> $t || { s=$?; rm -f $t; exit $s; }",
    "right() { case $(sha256 < $1) in $2*) ;; *) false ;; esac; }",
    `if test $(wc -c < $t) -lt $5; then test -f $1 && right $1 $2 && rm -f $t; exit ${STATUS.short}; fi`,
    `{ ${format.unpack}; } && { right $u $2 || (exit ${STATUS.mismatch}); } && chmod $3 $u && ` +
    (trial ? `{ $u --version < /dev/null > /dev/null || (exit ${STATUS.dead}); } && ` : "") +
    "{ sync $u || sync; } && mv -f $u $1; s=$?; rm -f $t $u",
    "test $s = 0 && for f in $1.$4.*.partial; do test -f $f && dead $f && rm -f $f; done",
    "exit $s",
  ].join("; ");
}
