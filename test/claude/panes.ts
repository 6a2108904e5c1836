import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ClaudeHost } from "./claude_host.ts";
import { MessagesApi } from "./messages_api.ts";

/** A host with a first pane, 120 × 40, at a shell's prompt. */
export async function start(): Promise<ClaudeHost> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  host.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "-s", "first", "sh");
  onTestFinished(() => void host.tmux("kill-server"));
  return host;
}

export const screen = (host: ClaudeHost, pane: string) => host.tmux("capture-pane", "-p", "-t", pane);

export async function see(host: ClaudeHost, pane: string, what: string | RegExp): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const text = screen(host, pane);
    if (typeof what === "string" ? text.includes(what) : what.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} never seen in\n${screen(host, pane)}`);
}

/** Without what a terminal puts between the parts of a long line. */
const joined = (text: string) => text.replace(/[\s│]/g, "");

/** Types a line into a pane and sends it, as a person would: text first, the key a moment after it is seen. */
export async function type(host: ClaudeHost, pane: string, line: string): Promise<void> {
  host.tmux("send-keys", "-t", pane, "-l", line);
  const end = joined(line).slice(-20);
  for (let attempt = 0; !joined(screen(host, pane)).includes(end); attempt++) {
    if (attempt === 300) throw new Error(`${line} never seen in\n${screen(host, pane)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
  host.tmux("send-keys", "-t", pane, "Enter");
}

/** Starts a session at a shell's prompt, in the very process that the shell makes for it; its pid. */
export async function launch(host: ClaudeHost, pane: string, name: string): Promise<number> {
  const words = `sh -c 'echo $$ >${name}.pid; exec ${host.launcher} ${name} -- --permission-mode manual'`;
  await type(host, pane, `clear; ${words}; echo "ended with $?"`);
  const screen = await see(host, pane, /trust this folder|manual mode on|Which one\?/);
  if (screen.includes("Which one?")) await type(host, pane, "s");
  await see(host, pane, /trust this folder|manual mode on/);
  return Number(readFileSync(join(host.work, `${name}.pid`), "utf8"));
}

export async function acceptTrust(host: ClaudeHost, pane: string): Promise<void> {
  // The dialog takes no keys in its first moments.
  for (let attempt = 0; attempt < 20 && !screen(host, pane).includes("❯ Yes, I trust"); attempt++) {
    host.tmux("send-keys", "-t", pane, "Down");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  host.tmux("send-keys", "-t", pane, "Enter");
  await see(host, pane, "manual mode on");
}
