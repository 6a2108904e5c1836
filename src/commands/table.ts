import type { Table } from "../cli/command.ts";
import claim from "./claim.ts";
import claims from "./claims.ts";
import cleanup from "./cleanup.ts";
import complete from "./complete.ts";
import completions from "./completions.ts";
import configCheck from "./config_check.ts";
import configShow from "./config_show.ts";
import doctor from "./doctor.ts";
import event from "./event.ts";
import events from "./events.ts";
import handoffGive from "./handoff_give.ts";
import handoffList from "./handoff_list.ts";
import handoffTake from "./handoff_take.ts";
import health from "./health.ts";
import guardList from "./guard_list.ts";
import guardRelease from "./guard_release.ts";
import install from "./install.ts";
import lockAcquire from "./lock_acquire.ts";
import lockCleanup from "./lock_cleanup.ts";
import lockList from "./lock_list.ts";
import lockRelease from "./lock_release.ts";
import lockRun from "./lock_run.ts";
import log from "./log.ts";
import memoryDoctor from "./memory_doctor.ts";
import memoryExport from "./memory_export.ts";
import mcp from "./mcp.ts";
import memoryForget from "./memory_forget.ts";
import memoryHistory from "./memory_history.ts";
import memoryImport from "./memory_import.ts";
import memoryList from "./memory_list.ts";
import memoryQueue from "./memory_queue.ts";
import memorySave from "./memory_save.ts";
import memorySearch from "./memory_search.ts";
import memoryShow from "./memory_show.ts";
import progressSet from "./progress_set.ts";
import progressShow from "./progress_show.ts";
import queueClaim from "./queue_claim.ts";
import queueComplete from "./queue_complete.ts";
import queueFail from "./queue_fail.ts";
import queueList from "./queue_list.ts";
import queuePush from "./queue_push.ts";
import queueRetry from "./queue_retry.ts";
import memorySync from "./memory_sync.ts";
import schedule from "./schedule.ts";
import schedulePerform from "./schedule_perform.ts";
import scheduleRun from "./schedule_run.ts";
import pluginExport from "./plugin_export.ts";
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
import stateDelete from "./state_delete.ts";
import stateGet from "./state_get.ts";
import stateList from "./state_list.ts";
import stateSet from "./state_set.ts";
import stateWatch from "./state_watch.ts";
import status from "./status.ts";
import stressWorker from "./stress_worker.ts";
import unclaim from "./unclaim.ts";
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
    title: "Memory",
    entries: [{
      name: "memory",
      summary: "What sessions know, for all sessions of a project",
      commands: [
        memorySave,
        memorySearch,
        memoryList,
        memoryShow,
        memoryHistory,
        memoryForget,
        memoryImport,
        memoryExport,
        memoryQueue,
        memorySync,
        memoryDoctor,
      ],
    }],
  },
  {
    title: "Together",
    summary: "Who has what, shared values, tasks and news",
    entries: [
      claim,
      unclaim,
      claims,
      {
        name: "lock",
        summary: "Let one at a time do something",
        commands: [lockRun, lockAcquire, lockRelease, lockList, lockCleanup],
      },
      {
        name: "state",
        summary: "Share values between sessions",
        commands: [stateGet, stateSet, stateDelete, stateList, stateWatch],
      },
      {
        name: "queue",
        summary: "Share out tasks, each done by one",
        commands: [queuePush, queueClaim, queueComplete, queueFail, queueRetry, queueList],
      },
      {
        name: "progress",
        summary: "Say how far you are, and see how far others are",
        commands: [progressSet, progressShow],
      },
      {
        name: "handoff",
        summary: "Pass work on to another session",
        commands: [handoffGive, handoffTake, handoffList],
      },
      { name: "guard", summary: "Which files sessions are editing", commands: [guardList, guardRelease] },
      event,
      events,
      health,
    ],
  },
  { title: "Upkeep", entries: [update, log, cleanup, schedule, scheduleRun, schedulePerform] },
  {
    title: "Other",
    entries: [
      { name: "config", summary: "Show and check the configuration", commands: [configShow, configCheck] },
      { name: "plugin", summary: "The plugin that sessions get", commands: [pluginExport] },
      mcp,
      completions,
      version,
      complete,
      stressWorker,
    ],
  },
];
