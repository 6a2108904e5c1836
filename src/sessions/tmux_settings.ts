/** The one key that our tmux takes away from Claude Code, which does not use it (2.1.329), as people read it. */
export const detachKey = "Ctrl-Q";

/** What a terminal that leaves a session is told, in its client's environment: tmux itself would name a UUID. */
export const farewell = "CLAUDE_OPS_FAREWELL";

/**
 * The configuration of our server, in which tmux is hardly there; a user's own was made for their server. No prefix key,
 * because Ctrl-B is Claude Code's. The wheel scrolls; keys, colours, titles, clipboard and notifications pass through.
 */
export const serverSettings = `
set -q -s escape-time 0
set -q -s extended-keys on
set -q -s focus-events on
set -q -s set-clipboard on
set -q -s exit-empty on
set -q -s terminal-features "xterm*:extkeys,*:clipboard:title"
set -q -g default-terminal tmux-256color
set -q -g default-shell /bin/sh
set -q -g update-environment ""
set -q -g allow-passthrough on
set -q -g destroy-unattached off
set -q -g window-size latest
set -q -g history-limit 20000
set -q -g mouse on
set -q -g prefix None
unbind -q -a -T root
bind -n C-q detach-client -E 'printf "%s\\n" "$\{${farewell}:-the session runs on}"'
bind -n WheelUpPane if -F "#{||:#{pane_in_mode},#{mouse_any_flag}}" "send -M" "copy-mode -e"
bind -n MouseDrag1Pane if -F "#{||:#{pane_in_mode},#{mouse_any_flag}}" "send -M" "copy-mode -M"
set -q -g set-titles on
set -q -g set-titles-string "#{pane_title}"
set -q -g status on
set -q -g status-interval 0
set -q -g status-style "fg=colour245,bg=default"
set -q -g status-left-length 60
set -q -g status-right-length 60
set -q -g status-left " #{@name}"
set -q -g status-right "#{?#{e|>:#{session_attached},1},#{session_attached} terminals here · ,}${detachKey} leaves it running "
set -q -g window-status-format ""
set -q -g window-status-current-format ""
set -q -g message-style "fg=colour245,bg=default"
`;

/** A name as tmux shows it in its status line, where `#` begins a style; a `;` at the end would part two commands. */
export const shown = (name: string): string => name.replaceAll("#", "##").replace(/;$/, "\\;");
