import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformOf } from "../src/remote/elf.ts";
import { laidOut } from "./archive.ts";

const ARCHITECTURES: Record<string, string> = { "linux-x64": "amd64", "linux-arm64": "arm64" };

/** `claude-ops_VERSION_ARCH.deb`, for the platforms that Debian has. */
export async function debianPackage(out: string, version: string, platform: string): Promise<void> {
  const architecture = ARCHITECTURES[platform];
  if (!architecture) return;
  const { glibc } = (await platformOf(`dist/claude-ops-${platform}`))!;
  const made = mkdtempSync(join(tmpdir(), "claude-ops-debian-"));
  const write = (name: string, text: string): string => {
    writeFileSync(join(made, name), text);
    return join(made, name);
  };
  const completion = (shell: string) =>
    write(shell, execFileSync(process.execPath, ["src/main.ts", "completions", shell], { encoding: "utf8" }));
  const control = [
    "Package: claude-ops",
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    "Maintainer: The claude-ops authors <claude-ops@localhost>",
    `Depends: libc6 (>= ${glibc})`,
    "Recommends: openssh-client",
    "Suggests: tmux",
    "Section: admin",
    "Priority: optional",
    "Description: several Claude Code sessions at once on remote hosts",
    " Sets hosts up over SSH and keeps their Claude Code sessions isolated, current,",
    " tidy and aware of each other.",
    "",
  ];
  const files = {
    "DEBIAN/control": write("control", control.join("\n")),
    "usr/bin/claude-ops": `dist/claude-ops-${platform}`,
    "usr/share/doc/claude-ops/copyright": "LICENSE",
    "usr/share/doc/claude-ops/THIRD-PARTY-LICENSES.txt": "THIRD-PARTY-LICENSES.txt",
    "usr/share/bash-completion/completions/claude-ops": completion("bash"),
    "usr/share/zsh/vendor-completions/_claude-ops": completion("zsh"),
    "usr/share/fish/vendor_completions.d/claude-ops.fish": completion("fish"),
  };
  laidOut(files, (directory) => {
    const file = join(out, `claude-ops_${version}_${architecture}.deb`);
    execFileSync("dpkg-deb", ["--root-owner-group", "-Zgzip", "--build", directory, file]);
  });
  rmSync(made, { recursive: true });
}
