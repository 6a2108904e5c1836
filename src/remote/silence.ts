import type { SshSettings } from "./settings.ts";

/** As ssh's ServerAlive: anything that the host sends counts, so a slow upload is not taken for a dead host. */
export function watchSilence(heard: () => number, settings: SshSettings, silent: (seconds: number) => void) {
  const { serverAliveInterval, serverAliveCountMax } = settings;
  let before = heard();
  let missed = 0;
  const timer = setInterval(() => {
    missed = heard() === before ? missed + 1 : 0;
    before = heard();
    if (missed >= serverAliveCountMax) silent(serverAliveInterval * serverAliveCountMax);
  }, serverAliveInterval * 1000);
  return { stop: () => clearInterval(timer) };
}
