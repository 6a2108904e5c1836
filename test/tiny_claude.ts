/**
 * A stand-in for Claude Code that is a native program, as the kernel must see one: `--version` answers as the real one
 * does, anything else says `ready` and stays until it is ended. Some 300 bytes of x86-64 Linux ELF.
 */
export function tinyClaude(version: string): Uint8Array {
  const answer = Buffer.from(`${version} (Claude Code)\n`);
  const ready = Buffer.from("ready\n");
  const [base, headers] = [0x400000, 120];
  const code = Buffer.concat([
    Buffer.from("488b0424", "hex"), // mov rax, [rsp]: argc
    Buffer.from("4883f802", "hex"), // cmp rax, 2
    Buffer.from("7233", "hex"), // jb stay
    Buffer.from("488b5c2410", "hex"), // mov rbx, [rsp+16]: argv[1]
    Buffer.concat([Buffer.from("48b9", "hex"), Buffer.from("--versio")]), // mov rcx, "--versio"
    Buffer.from("48390b", "hex"), // cmp [rbx], rcx
    Buffer.from("751f", "hex"), // jne stay
    write(1),
    Buffer.from("b83c00000031ff0f05", "hex"), // exit(0)
    write(2), // stay:
    Buffer.from("b8220000000f05ebf7", "hex"), // pause(), again and again
  ]);
  const texts = base + headers + code.length;
  patch(1, texts, answer.length);
  patch(2, texts + answer.length, ready.length);
  const size = headers + code.length + answer.length + ready.length;
  const elf = Buffer.alloc(headers);
  elf.write("\x7fELF\x02\x01\x01", "latin1");
  elf.writeUInt16LE(2, 16); // an executable
  elf.writeUInt16LE(62, 18); // for x86-64
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(base + headers), 24); // where it begins
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64); // one segment: all of the file,
  elf.writeUInt32LE(5, 68); // to be read and executed
  for (const at of [80, 88]) elf.writeBigUInt64LE(BigInt(base), at);
  for (const at of [96, 104]) elf.writeBigUInt64LE(BigInt(size), at);
  elf.writeBigUInt64LE(4096n, 112);
  return Buffer.concat([elf, code, answer, ready]);

  /** write(1, text, length), the last two filled in by `patch`. */
  function write(mark: number): Buffer {
    const at = Buffer.from("b801000000bf01000000be00000000ba000000000f05", "hex");
    at.writeUInt32LE(mark, 11);
    return at;
  }

  function patch(mark: number, address: number, length: number): void {
    for (let at = code.indexOf("bf01000000be", 0, "hex"); at >= 0;) {
      if (code.readUInt32LE(at + 6) === mark) {
        code.writeUInt32LE(address, at + 6);
        code.writeUInt32LE(length, at + 11);
        return;
      }
      at = code.indexOf("bf01000000be", at + 1, "hex");
    }
  }
}
