import { defineCommand } from "../cli/command.ts";

export default defineCommand({
  name: "completions",
  summary: "Print the completion script for a shell",
  args: [{ name: "SHELL", summary: "The shell that will load it", choices: ["bash", "zsh", "fish"] }],
  examples: [
    {
      command: "claude-ops completions bash > ~/.local/share/bash-completion/completions/claude-ops",
      summary: "bash, with the bash-completion package",
    },
    { command: 'claude-ops completions zsh > "${fpath[1]}/_claude-ops"', summary: "zsh, with compinit" },
    { command: "claude-ops completions fish > ~/.config/fish/completions/claude-ops.fish", summary: "fish" },
  ],
  async run({ args }) {
    const { completionScripts } = await import("../cli/completion.ts");
    const shell = args[0] as keyof typeof completionScripts;
    const script = completionScripts[shell];
    return { data: { shell, script }, render: () => script };
  },
});
