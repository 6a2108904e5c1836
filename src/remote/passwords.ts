import type { KeyboardInteractiveAuthMethod, PasswordAuthMethod } from "ssh2";
import type { Interaction } from "./interaction.ts";
import type { SshSettings } from "./settings.ts";

/** A login by password for each time that the person may be asked. As in ssh, nothing is a password like any other. */
export async function* passwordLogins(
  { user, hostName, passwordPrompts }: SshSettings,
  interaction: Interaction,
): AsyncGenerator<PasswordAuthMethod> {
  for (let attempt = 0; attempt < passwordPrompts; attempt++) {
    const again = attempt === 0 ? "" : "Permission denied, please try again.\n";
    const password = await interaction.secret(`${again}${user}@${hostName}'s password: `);
    yield { type: "password", username: user, password };
  }
}

/**
 * A login in which the host asks what it likes (PAM, one-time passwords), for each time that it may.
 * @param onError takes what goes wrong while a person is asked
 */
export async function* keyboardLogins(
  { user, hostName, passwordPrompts }: SshSettings,
  interaction: Interaction,
  onError: (error: unknown) => void,
): AsyncGenerator<KeyboardInteractiveAuthMethod> {
  const ask = async (title: string, prompts: { prompt: string; echo?: boolean }[]) => {
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      // As ssh does: what a host asks must not look like a question of ours.
      const question = `${answers.length === 0 ? title : ""}(${user}@${hostName}) ${oneLine(prompt)} `;
      answers.push(await (echo ? interaction.line(question) : interaction.secret(question)));
    }
    return answers;
  };
  for (let attempt = 0; attempt < passwordPrompts; attempt++) {
    yield {
      type: "keyboard-interactive",
      username: user,
      prompt: (name, instructions, _language, prompts, finish) => {
        const title = [name, ...instructions.split("\n")].map(oneLine).filter(Boolean);
        ask(title.map((line) => `${line}\n`).join(""), prompts).then(finish, (error) => {
          onError(error);
          finish([]);
        });
      },
    };
  }
}

/** A host's text must not steer the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ").trim();
}
