import type { Model } from "./model.ts";
import type { Place } from "./place.ts";
import { chapter, remark, verify } from "./screen.ts";
import { apart, inCommon, sideBySide } from "./sessions.ts";
import { writeShared } from "./shared.ts";

/** The whole job from a fresh place on, each step shown and each claim checked. */
export async function tellStory(place: Place, model: Model): Promise<void> {
  await fresh(place);
  await install(place);
  await share(place, model);
  const ids = await sideBySide(place, model);
  await apart(place, ids);
  await inCommon(place, model);
  await lookedAfter(place);
  chapter("Nothing is left behind");
}

async function fresh({ kind, shell, look }: Place): Promise<void> {
  if (kind === "sandbox") {
    chapter("An empty home");
    verify("nothing is in it yet", (await shell.tell("ls -A ~")).output, "");
    return;
  }
  chapter("A fresh host");
  const found = "hostnamectl | grep -E 'Virt|System'; command -v claude || echo no claude";
  const { output } = await shell.tell(`ssh root@devbox \\\n  "${found}"`);
  verify("Debian 12, and no Claude Code", output, /lxc\n.*Debian GNU\/Linux 12 .*\nno claude\n$/);
  verify("it has no way out: no route to any registry", await look(["ip", "route", "show", "default"]), "");
}

async function install({ kind, shell, target, there, look }: Place): Promise<void> {
  chapter(kind === "host" ? "Set up over SSH, with one command" : "Set up with one command, without root");
  const status = await shell.show(`claude-ops install${target}`);
  verify("install succeeded", status, 0);
  const version = await shell.tell(there("claude --version"));
  verify("Claude Code runs", version.output, /^\d+\.\d+\.\d+ \(Claude Code\)\n$/);
  if (kind === "sandbox") return;
  const received = Number(await look(["cat", "/sys/class/net/eth0/statistics/rx_bytes"]));
  verify("the host needed no registry: it came through the SSH connection", received > 150e6, true);
}

async function share({ shell, share }: Place, model: Model): Promise<void> {
  chapter("What all sessions share: a skill, settings, a login");
  remark("The login is made up, and the model is played by this machine.");
  writeShared(shell.directory, model.api.url);
  await shell.tell("find shared -type f");
  verify("they are where all sessions find them", (await shell.tell(share)).status, 0);
}

async function lookedAfter({ kind, shell, target }: Place): Promise<void> {
  chapter("Looked after");
  const status = await shell.show(`claude-ops doctor${target}`);
  const { findings } = JSON.parse((await shell.ask(`claude-ops doctor${target} --json`)).output) as {
    findings: { id: string; status: string }[];
  };
  if (kind === "host") {
    verify("what doctor says is true: this host reaches no registry", [
      status,
      // And what comes of that, or of a release that is newer than the newest that was verified.
      ...findings.map(({ id }) => id).filter((id) => !/^(claude-version|update-check)$/.test(id)),
    ], [3, "registry"]);
  } else {verify(
      "nothing is broken",
      findings.filter(({ status }) => status === "broken").map(({ id }) => id),
      [],
    );}
  await shell.show(`claude-ops install${target}`);
  const again = (await shell.ask(`claude-ops install${target} --json`)).output.trim().split("\n").at(-1)!;
  const { changed, sentBytes, ok } = JSON.parse(again);
  verify("installing once more changes nothing and sends nothing", { ok, changed, sentBytes }, {
    ok: true,
    changed: 0,
    sentBytes: 0,
  });
}
