#!/bin/sh
# Installs claude-ops @VERSION@ for yourself, to ~/.local/bin (or DIR). Checks what it fetches before anything is put
# in place.
#   sh install.sh [DIR]
# CLAUDE_OPS_URL names another place to fetch from: the checksums below still decide.
set -eu

main() {
  version='@VERSION@'
  url=${CLAUDE_OPS_URL:-'@URL@'}
  dir=${1:-$HOME/.local/bin}
  [ -n "$url" ] || fail "this install.sh does not know where the release is" "set CLAUDE_OPS_URL"

  case "$(uname -s)" in Linux) os=linux ;; Darwin) os=darwin ;; *) fail "claude-ops runs on Linux and macOS, this is $(uname -s)" ;; esac
  case "$(uname -m)" in x86_64 | amd64) arch=x64 ;; aarch64 | arm64) arch=arm64 ;; *) fail "there is no claude-ops for $(uname -m)" ;; esac
  platform=$os-$arch
  if [ $os = linux ] && ! ldd --version 2>&1 | grep -qi 'glibc\|gnu libc'; then platform=$platform-musl; fi
  name=claude-ops-$version-$platform.tar.gz
  expected=$(checksums | awk -v name="$name" '$2 == name { print $1 }')
  [ -n "$expected" ] || fail "this release has no build for $platform"

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  echo "fetching $name" >&2
  fetch "$url/$name" "$work/$name" || fail "could not fetch $url/$name"
  actual=$(sum "$work/$name")
  [ "$actual" = "$expected" ] || fail "$name is not what was released: its SHA-256 is $actual, not $expected" \
    "nothing was installed; try again, or fetch it from another place"
  tar -xzf "$work/$name" -C "$work"
  "$work/claude-ops-$version/claude-ops" --version >/dev/null || fail "the program does not start here"

  mkdir -p "$dir"
  cp "$work/claude-ops-$version/claude-ops" "$dir/.claude-ops.new.$$"
  chmod 0755 "$dir/.claude-ops.new.$$"
  mv -f "$dir/.claude-ops.new.$$" "$dir/claude-ops"
  echo "installed $dir/claude-ops ($version)" >&2
  case ":$PATH:" in *":$dir:"*) ;; *) echo "hint: $dir is not in your PATH" >&2 ;; esac
}

fetch() { # URL FILE
  if command -v curl >/dev/null; then curl -fsSL --retry 2 -o "$2" "$1"
  elif command -v wget >/dev/null; then wget -qO "$2" "$1"
  else fail "neither curl nor wget is here"; fi
}

sum() { # FILE
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

fail() { # WHAT [HINT]
  echo "error: $1" >&2
  [ -z "${2:-}" ] || echo "hint: $2" >&2
  exit 1
}

checksums() {
  cat <<'END'
@CHECKSUMS@
END
}

# Only the last line does anything, so half a script does nothing.
main "$@"
