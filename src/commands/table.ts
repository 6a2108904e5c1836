import type { Table } from "../cli/command.ts";
import cleanup from "./cleanup.ts";
import complete from "./complete.ts";
import completions from "./completions.ts";
import configCheck from "./config_check.ts";
import configShow from "./config_show.ts";
import doctor from "./doctor.ts";
import install from "./install.ts";
import log from "./log.ts";
import memoryForget from "./memory_forget.ts";
import memoryHistory from "./memory_history.ts";
import memoryList from "./memory_list.ts";
import memorySave from "./memory_save.ts";
import memorySearch from "./memory_search.ts";
import memoryShow from "./memory_show.ts";
import sessionAdopt from "./session_adopt.ts";
import sessionAttach from "./session_attach.ts";
import sessionBeginDetached from "./session_begin_detached.ts";
import sessionCheck from "./session_check.ts";
import sessionDiff from "./session_diff.ts";
import sessionList from "./session_list.ts";
import sessionPin from "./session_pin.ts";
import sessionPrune from "./session_prune.ts";
import sessionRegister from "./session_register.ts";
import sessionRestore from "./session_restore.ts";
import sessionShare from "./session_share.ts";
import sessionShow from "./session_show.ts";
import sessionStart from "./session_start.ts";
import sessionStop from "./session_stop.ts";
import sessionTrash from "./session_trash.ts";
import sessionUnpin from "./session_unpin.ts";
import sessionUnregister from "./session_unregister.ts";
import status from "./status.ts";
import uninstall from "./uninstall.ts";
import update from "./update.ts";
import version from "./version.ts";

/** All commands, in the order in which help shows them. */
export const table: Table = [
  { title: "Hosts", entries: [install, status, doctor, uninstall] },
  {
    title: "Sessions",
    entries: [{
      name: "session",
      summary: "Start, list, attach and stop sessions",
      commands: [
        sessionStart,
        sessionList,
        sessionShow,
        sessionAttach,
        sessionStop,
        sessionPrune,
        sessionRestore,
        sessionTrash,
        sessionPin,
        sessionUnpin,
        sessionDiff,
        sessionShare,
        sessionCheck,
        sessionRegister,
        sessionUnregister,
        sessionAdopt,
        sessionBeginDetached,
      ],
    }],
  },
  {
    title: "Together",
    entries: [{
      name: "memory",
      summary: "What sessions know, for all sessions of a project",
      commands: [memorySave, memorySearch, memoryList, memoryShow, memoryHistory, memoryForget],
    }],
  },
  { title: "Upkeep", entries: [update, log, cleanup] },
  {
    title: "Other",
    entries: [
      { name: "config", summary: "Show and check the configuration", commands: [configShow, configCheck] },
      completions,
      version,
      complete,
    ],
  },
];
