/** One way to break a thing on a host whose managed user is `dev`. */
export interface Break {
  how: string;
  /** For root's shell. */
  by: string;
  /** What no doctor can bring back: lines of the snapshot that may differ. */
  lost?: RegExp;
  /** Brings that back by hand. */
  undo?: string;
  /** Needs half a minute. */
  slow?: true;
}

const AWAY = "/var/tmp/away"; // not in any snapshot
const CLAUDE = "/home/dev/.claude";
const VERSION = "/opt/claude-code/versions/2.1.329";
const CURRENT = "/opt/claude-code/current";
const RECORD = "/etc/claude-ops/users/dev.json";
const RULE = "/etc/sudoers.d/claude-update";

const deleted = (path: string): Break => ({ how: "deleted", by: `rm -r ${path}` });
const mode = (path: string, octal: string): Break => ({ how: `mode ${octal}`, by: `chmod ${octal} ${path}` });
const owner = (path: string, name = "dev:dev"): Break => ({
  how: `owner ${name}`,
  by: `chown -h ${name} ${path}`,
});
const content = (path: string, text = "# by hand"): Break => ({
  how: "content",
  by: `echo '${text}' >>${path}`,
});
const moved = (path: string): Break => ({
  how: "moved, with a link left in its place",
  by: `rm -rf ${AWAY}; cp -a ${path} ${AWAY}; rm -r ${path}; ln -s ${AWAY} ${path}`,
});
const elsewhere = (path: string, target: string): Break => ({
  how: `link to ${target}`,
  by: `ln -sfn ${target} ${path}`,
});

const unit = (name: string): Break[] => {
  const path = `/etc/systemd/system/${name}`;
  return [deleted(path), content(path), mode(path, "0600"), moved(path)];
};
const timer = (name: string): Break[] => [
  { how: "disabled", by: `systemctl disable --quiet ${name}` },
  { how: "stopped", by: `systemctl stop ${name}` },
];
const directory = (name: string): Break[] => {
  const path = `${CLAUDE}/${name}`;
  return [{ how: "deleted", by: `rm -r ${path}` }, mode(path, "0777")];
};

/** For each step of install, how it breaks. */
export const BREAKS: Record<string, Break[]> = {
  // The pid in a name is of nobody; what came a moment ago is still wanted, and so is what has another name.
  leftovers: [
    {
      how: "the program",
      by: "cd /usr/local/bin; touch -d '2 days ago' claude-ops.0123456789abcdef-deb.4194303.partial",
    },
    {
      how: "packages",
      by: "cd /opt/claude-code; touch -d '2 days ago' incoming-0123456789abcdef.tgz " +
        "incoming-0123456789abcdef.tgz.fedcba9876543210-plain.4194303.partial",
    },
  ],
  "dir:etc": [mode("/etc/claude-ops", "0777"), owner("/etc/claude-ops")],
  "dir:users": [mode("/etc/claude-ops/users", "0700"), owner("/etc/claude-ops/users")],
  "record:dev": [
    // Whether the account was made by install, and which version was asked for, nobody knows any more.
    { ...deleted(RECORD), lost: /dev\.json$/, undo: `sed -i 's/false/true/; s/any/2.1.329/' ${RECORD}` },
    {
      how: "cut short",
      by: `truncate -s 20 ${RECORD}`,
      lost: /dev\.json$/,
      undo: `sed -i 's/false/true/; s/any/2.1.329/' ${RECORD}`,
    },
    mode(RECORD, "0600"),
    owner(RECORD),
    moved(RECORD),
  ],
  binary: [
    mode("/usr/local/bin/claude-ops", "0700"),
    mode("/usr/local/bin/claude-ops", "0777"),
    owner("/usr/local/bin/claude-ops"),
  ],
  "user:dev": [
    owner("/home/dev", "root:root"),
    {
      how: "home gone",
      by: `mv /home/dev ${AWAY}-home`,
      lost: / ?\/home\/dev/,
      undo: `rm -r /home/dev; mv ${AWAY}-home /home/dev`,
    },
  ],
  "owner:dev": [owner(CLAUDE, "root:root"), owner(`${CLAUDE}/settings.json`, "root:root")],
  "linger:dev": [deleted("/var/lib/systemd/linger/dev")],
  sudoers: [
    deleted(RULE),
    mode(RULE, "0666"),
    owner(RULE),
    content(RULE, "dev ALL=(ALL) NOPASSWD: ALL"),
    content(RULE, "no rule at all"),
    moved(RULE),
  ],
  "dir:claude-code": [
    mode("/opt/claude-code", "0777"),
    owner("/opt/claude-code"),
    { how: "moved away", by: `mv /opt/claude-code ${AWAY}-code`, slow: true, undo: `rm -r ${AWAY}-code` },
  ],
  "dir:versions": [mode("/opt/claude-code/versions", "0777"), owner("/opt/claude-code/versions")],
  "claude-link": [deleted("/usr/local/bin/claude")],
  "session-command": [deleted("/usr/local/bin/claude-session")],
  "unit:claude-ops-cleanup@.service": [
    ...unit("claude-ops-cleanup@.service"),
    {
      how: "content, and systemd has read it",
      by: "echo Nice=1 >>/etc/systemd/system/claude-ops-cleanup@.service; systemctl daemon-reload",
    },
  ],
  "unit:claude-ops-cleanup@.timer": unit("claude-ops-cleanup@.timer"),
  "unit:claude-ops-update@.service": [deleted("/etc/systemd/system/claude-ops-update@.service")],
  "unit:claude-ops-update@.timer": [deleted("/etc/systemd/system/claude-ops-update@.timer")],
  "timer:cleanup@dev": timer("claude-ops-cleanup@dev.timer"),
  "timer:update@dev": timer("claude-ops-update@dev.timer"),
  // A key that somebody took out stays out.
  "dev/authorized-key": [],
  "dev/dir:claude": [mode(CLAUDE, "0755")],
  "dev/dir:bin": directory("bin"),
  "dev/dir:sessions": directory("sessions"),
  "dev/dir:ops": directory("ops"),
  "dev/dir:plugins": [deleted(`${CLAUDE}/plugins`)],
  "dev/file:CLAUDE.md": [deleted(`${CLAUDE}/CLAUDE.md`)],
  "dev/file:settings.json": [deleted(`${CLAUDE}/settings.json`)],
  "dev/launcher": [
    deleted(`${CLAUDE}/bin/claude-session`),
    elsewhere(`${CLAUDE}/bin/claude-session`, "/bin/sh"),
  ],
  "shared:skills@dev": [
    deleted(`${CLAUDE}/skills`),
    mode(`${CLAUDE}/skills`, "0777"),
    owner(`${CLAUDE}/skills`),
    {
      how: "a session has put its own in their place",
      by: `cd ${CLAUDE}; mv skills ${AWAY}-skills; runuser -u dev -- mkdir skills`,
      undo: `rm -r ${AWAY}-skills`,
    },
    {
      how: "a session's directory in it",
      by: `mkdir ${CLAUDE}/skills/x; chown dev ${CLAUDE}/skills/x`,
      lost: /skills/,
      undo: `rm -r ${CLAUDE}/skills/x`,
    },
    {
      how: "moved, with a link left in its place",
      by:
        `cd ${CLAUDE}; runuser -u dev -- mv skills x; mv x ${AWAY}-skills; runuser -u dev -- ln -s ops skills`,
      lost: /skills/,
      undo: `rm -rf ${AWAY}-skills ${CLAUDE}/skills.before-claude-ops`,
    },
  ],
  "shared:agents@dev": [deleted(`${CLAUDE}/agents`)],
  "shared:commands@dev": [mode(`${CLAUDE}/commands`, "0700")],
  "claude-code": [
    deleted(CURRENT),
    elsewhere(CURRENT, "versions/9.9.9"),
    elsewhere(CURRENT, "/tmp"),
    { ...deleted(`${VERSION}/claude`), slow: true },
    { ...mode(`${VERSION}/claude`, "0644"), slow: true },
  ],
};
