import type { Table } from "../cli/command.ts";
import claim from "./together/claim.ts";
import claims from "./together/claims.ts";
import cleanup from "./cleanup/cleanup.ts";
import complete from "./complete.ts";
import completions from "./completions.ts";
import configCheck from "./config/check.ts";
import configShow from "./config/show.ts";
import doctor from "./doctor/doctor.ts";
import event from "./together/event.ts";
import events from "./together/events.ts";
import handoffGive from "./together/handoff_give.ts";
import handoffList from "./together/handoff_list.ts";
import handoffTake from "./together/handoff_take.ts";
import health from "./together/health.ts";
import guardList from "./guard_list.ts";
import guardRelease from "./guard_release.ts";
import install from "./install/install.ts";
import lockAcquire from "./together/lock_acquire.ts";
import lockCleanup from "./together/lock_cleanup.ts";
import lockList from "./together/lock_list.ts";
import lockRelease from "./together/lock_release.ts";
import lockRun from "./together/lock_run.ts";
import log from "./log/log.ts";
import memoryDoctor from "./memory/doctor.ts";
import memoryExport from "./memory/export.ts";
import mcp from "./mcp.ts";
import memoryForget from "./memory/forget.ts";
import memoryHistory from "./memory/history.ts";
import memoryImport from "./memory/import.ts";
import memoryList from "./memory/list.ts";
import memoryQueue from "./memory/queue.ts";
import memorySave from "./memory/save.ts";
import memorySearch from "./memory/search.ts";
import memoryShow from "./memory/show.ts";
import progressSet from "./together/progress_set.ts";
import progressShow from "./together/progress_show.ts";
import queueClaim from "./together/queue_claim.ts";
import queueComplete from "./together/queue_complete.ts";
import queueFail from "./together/queue_fail.ts";
import queueList from "./together/queue_list.ts";
import queuePush from "./together/queue_push.ts";
import queueRetry from "./together/queue_retry.ts";
import memorySync from "./memory/sync.ts";
import schedule from "./schedule/schedule.ts";
import schedulePerform from "./schedule/perform.ts";
import scheduleRun from "./schedule/run.ts";
import pluginExport from "./plugin_export.ts";
import sessionAdopt from "./session/adopt.ts";
import sessionAttach from "./session/attach.ts";
import sessionBeginDetached from "./session/begin_detached.ts";
import sessionCheck from "./session/check.ts";
import sessionDiff from "./session/diff.ts";
import sessionList from "./session/list.ts";
import sessionPin from "./session/pin.ts";
import sessionPrune from "./session/prune.ts";
import sessionRegister from "./session/register.ts";
import sessionRestore from "./session/restore.ts";
import sessionShare from "./session/share.ts";
import sessionShow from "./session/show.ts";
import sessionStart from "./session/start.ts";
import sessionStop from "./session/stop.ts";
import sessionTrash from "./session/trash.ts";
import sessionUnpin from "./session/unpin.ts";
import sessionUnregister from "./session/unregister.ts";
import stateDelete from "./together/state_delete.ts";
import stateGet from "./together/state_get.ts";
import stateList from "./together/state_list.ts";
import stateSet from "./together/state_set.ts";
import stateWatch from "./together/state_watch.ts";
import status from "./status/status.ts";
import stressWorker from "./doctor/stress_worker.ts";
import unclaim from "./together/unclaim.ts";
import uninstall from "./uninstall/uninstall.ts";
import update from "./update/update.ts";
import receiveShared from "./install/receive_shared.ts";
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
      receiveShared,
    ],
  },
];
