import { beforeEnd } from "../before_end.ts";

/** Starts a conversation whose id nobody has used yet. `--session-id` since 1.0.53, `-n` since 2.1.76. */
export function startArguments(id: string, name: string): string[] {
  return ["--session-id", id, "-n", name];
}

/** Continues a conversation of the same config dir, from any working directory. Seen on 2.1.329. */
export function resumeArguments(conversation: string): string[] {
  return ["--resume", conversation];
}

/** Goes on with a copy of a conversation of the same config dir, under an id that nobody has used yet. Seen on 2.1.329. */
export function forkArguments(conversation: string, id: string, name: string): string[] {
  return [...resumeArguments(conversation), "--fork-session", ...startArguments(id, name)];
}

const choosers = ["--session-id", "--resume", "-r", "--continue", "-c", "--fork-session"];

/** The first of a user's own arguments that would choose the conversation, which is the launcher's to do. */
export function conversationChooser(args: readonly string[]): string | undefined {
  return beforeEnd(args).find((arg) => choosers.includes(arg.split("=", 1)[0]!));
}
