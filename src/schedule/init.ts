import { become } from "../runtime/become.ts";
import { selfCommand } from "../runtime/self.ts";

/**
 * The shell takes in what it did not start as well, and passes signals on; a JavaScript runtime does neither for processes
 * that are not its own. Fixed words; what to run comes as arguments. `wait` ends early at a signal, hence the loop.
 */
const INIT = `
"$@" & child=$!
trap 'kill -TERM $child 2>/dev/null' TERM INT HUP
while :; do
  wait $child; status=$?
  kill -0 $child 2>/dev/null || exit $status
done`;

/** As process 1 of a container: a shell becomes that instead, with this program as its child. Else nothing. */
export function becomeInit(): void {
  if (process.pid !== 1) return;
  const words = [...selfCommand(), ...process.argv.slice(2)];
  become("/bin/sh", ["sh", "-c", INIT, "sh", ...words], process.env as Record<string, string>);
}
