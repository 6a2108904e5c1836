// What a managed user runs who wants to lead root astray; perl is on every Debian.

/** All files and directories of the home become links to root's, those of one depth at a time. Said: how many. */
export const ALL_LINKS = (depth: number) => `
cd /home/dev; n=0
for path in $(find . -mindepth ${depth} -maxdepth ${depth} ! -type l ! -path './trap*' | sort -r); do
  if [ -d "$path" ]; then to=/etc/canary; else to=/etc/canary/file; fi
  mv "$path" "$path.was" && ln -s $to "$path" && n=$((n + 1))
done; echo $n`;

/** What install makes is a link to root's one moment and itself the next, until \`stop\` is there. */
export const SWAPPING = `
perl -e '
  chdir "/home/dev";
  my @paths = qw(.claude .claude/ops .claude/bin .claude/sessions .claude/skills .claude/settings.json .ssh
    .ssh/authorized_keys .claude/ops/live .claude/ops/jobs .profile .claude/trash);
  my $n = 0;
  until (-e "/home/dev/stop") {
    for my $path (@paths) {
      my $to = -d $path ? "/etc/canary" : "/etc/canary/file";
      next unless -e $path && !-l $path;
      rename($path, "$path.aside") or next;
      symlink($to, $path); $n++;
      select(undef, undef, undef, 0.002 * rand);
      unlink($path) if -l $path;
      rename("$path.aside", $path) unless -e $path;
    }
  }
  print "$n\\n";
'`;

/**
 * Each of the user's processes that root has started gets lines put into its mouth, and is killed. Needs a kernel that
 * lets a user look into their own processes. Said: how many were spoken for.
 */
export const SPEAKING = `
perl -e '
  my @lines = ("null", "5", "[]", "{}", "{\\"steps\\":5,\\"findings\\":[null,{\\"id\\":5}],\\"actions\\":[null]}",
    "{\\"id\\":{},\\"title\\":5,\\"status\\":\\"changed\\"}", "{\\"id\\":\\"a\\",\\"title\\":\\"\\\\u001b]0;owned\\\\u0007\\",\\"status\\":\\"changed\\"}",
    "{\\"sessions\\":[null,{\\"name\\":\\"\\\\u009b2J\\",\\"pid\\":1,\\"live\\":true}],\\"users\\":[null],\\"jobs\\":[null],\\"events\\":[null,{\\"time\\":5}]}");
  my ($me, %done, $n) = ($<); $n = 0;
  until (-e "/home/dev/stop") {
    for my $dir (glob "/proc/[0-9]*") {
      my ($pid) = $dir =~ /(\\d+)/;
      next if $done{$pid} || $pid == $$ || (stat $dir)[4] != $me || (readlink("$dir/exe") // "") !~ /claude-ops/;
      $done{$pid} = 1;
      my $handle = syscall(434, $pid + 0, 0); next if $handle < 0;
      my $fd = syscall(438, $handle, 1, 0);
      if ($fd >= 0) {
        open(my $out, ">&=", $fd); my @said = @lines; push @said, splice(@said, $n % @said, 1);
        syswrite($out, join("", map { "$_\\n" } @said)); close $out; $n++;
      }
      kill 9, $pid;
    }
  }
  print "$n\\n";
'`;

/** Words that would give a managed user more than is theirs; each has to fail. */
export const REFUSED = [
  "systemctl start claude-ops-update@dev.service",
  "systemctl start claude-ops-update@root.service",
  "systemctl edit --full --stdin claude-ops-update@.service </dev/null",
  "systemctl set-environment LD_PRELOAD=/home/dev/trap/evil.so",
  "systemctl mask claude-ops-update@dev.timer",
  "systemd-run --uid=0 id",
  "loginctl enable-linger root",
  "crontab -u root -l",
  "cat /etc/sudoers.d/claude-ops",
  "touch /etc/claude-ops/config.toml",
  "mkdir -p /etc/systemd/system/claude-ops-update@.service.d",
  "ln -sfn /home/dev/trap /opt/claude-code/current",
  "mkdir /opt/claude-code/versions/9.9.9",
  "mv /opt/claude-code /opt/elsewhere",
  "touch /usr/local/bin/claude-ops",
  "ln -f /home/dev/trap/evil.js /usr/local/bin/claude-session",
  "mkdir /run/claude-ops-x",
  "rm -r /run/claude-ops",
  "touch /run/claude-ops/turn.new",
  "cat /etc/shadow",
];
