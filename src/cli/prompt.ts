import { StringDecoder } from "node:string_decoder";
import { Failure } from "../errors.ts";
import { harmless } from "./text.ts";

/** Questions to the person at the terminal. Fits the `Interaction` of src/remote. */
export interface Prompt {
  interactive: boolean;
  confirm(question: string): Promise<boolean>;
  secret(question: string): Promise<string>;
  line(question: string): Promise<string>;
}

const ENDING = ["SIGTERM", "SIGHUP"] as const;

/**
 * Asks on stderr and reads from the terminal on stdin. One question at a time, also when many hosts ask at once.
 * `secret` shows nothing of what is typed. Ctrl-C ends the program as it does elsewhere, with the terminal as it was.
 */
export function terminalPrompt(
  input: NodeJS.ReadStream = process.stdin,
  output: NodeJS.WriteStream = process.stderr,
): Prompt {
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const mine = turn.then(ask, ask);
    turn = mine.catch(() => {});
    return mine;
  };
  const confirm = async (question: string): Promise<boolean> => {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const answer = (await readLine(input, output, `${question} (yes/no) `, true)).trim().toLowerCase();
      if (answer === "yes" || answer === "y") return true;
      if (answer === "no" || answer === "n" || answer === "") return false;
      output.write("Please type yes or no.\n");
    }
    return false;
  };
  return {
    interactive: input.isTTY === true && output.isTTY === true,
    confirm: (question) => inTurn(() => confirm(question)),
    secret: (question) => inTurn(() => readLine(input, output, question, false)),
    line: (question) => inTurn(() => readLine(input, output, question, true)),
  };
}

/** Reads in raw mode, so that nothing is shown that we do not show, and puts the terminal back on every way out. */
function readLine(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  question: string,
  shown: boolean,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    let line = "";
    const restore = () => {
      input.off("data", onData);
      for (const signal of ENDING) process.off(signal, onSignal);
      input.setRawMode(false);
      input.pause();
      output.write("\n");
    };
    const onSignal = (signal: NodeJS.Signals) => {
      restore();
      process.kill(process.pid, signal);
    };
    const keys: Record<string, () => boolean> = {
      "\r": () => (restore(), resolve(line), true),
      "\n": () => (restore(), resolve(line), true),
      "\x03":
        () => (restore(),
          process.kill(process.pid, "SIGINT"),
          reject(new Failure("interrupted", { exit: 130 })),
          true),
      "\x04": () => line === "" ? (restore(), resolve(""), true) : false,
      "\x7f": () => (erase(1), false),
      "\b": () => (erase(1), false),
      "\x15": () => (erase(line.length), false),
    };
    const erase = (count: number) => {
      const kept = [...line].slice(0, -count || undefined).join("");
      if (shown) output.write("\b \b".repeat([...line].length - [...kept].length));
      line = kept;
    };
    const onData = (data: Buffer) => {
      for (const key of decoder.write(data)) {
        if (keys[key] !== undefined) {
          if (keys[key]()) return;
        } else if (key >= " ") {
          line += key;
          if (shown) output.write(key);
        }
      }
    };
    for (const signal of ENDING) process.once(signal, onSignal);
    // Quiet before the question is seen: what is typed ahead must not show either.
    input.setRawMode(true);
    output.write(harmless(question));
    input.on("data", onData);
    input.resume();
  });
}
