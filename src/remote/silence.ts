import type { SshSettings } from "./settings.ts";

/**
 * As ssh's ServerAlive: anything that the host sends counts, so a slow upload is not taken for a dead host. As in ssh 9.2,
 * so many questions may go without an answer, and the connection ends when the next one would be asked.
 */
export function watchSilence(heard: () => number, settings: SshSettings, silent: (seconds: number) => void) {
  const { serverAliveInterval, serverAliveCountMax } = settings;
  if (serverAliveInterval === 0) return { stop() {} };
  let before = heard();
  let missed = 0;
  const timer = setInterval(() => {
    missed = heard() === before ? missed + 1 : 0;
    before = heard();
    if (missed > serverAliveCountMax) silent(serverAliveInterval * missed);
  }, serverAliveInterval * 1000);
  return { stop: () => clearInterval(timer) };
}
