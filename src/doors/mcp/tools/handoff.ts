import { z } from "zod";
import { handoffs, handOver, pickUp } from "../../../coordination/handoff.ts";
import { addEvent, lastEvents } from "../../../coordination/events.ts";
import { allProgress, progressOf, setProgress } from "../../../coordination/progress.ts";
import { branchOf } from "../../../sessions/project.ts";
import { tool } from "../tool.ts";

const topic = z.string().describe("e.g. issue:15");

export const handoffTools = [
  tool({
    name: "hand_over",
    description:
      "Pass unfinished work on to whichever session takes it up. Whoever does sees nothing of this conversation, so say all that matters.",
    input: {
      topic,
      message: z.string().describe("what is done and what is not"),
      files: z.array(z.string()).optional(),
      next: z.array(z.string()).optional().describe("next steps, in their order"),
      branch: z.string().optional().describe("the current one when left out"),
    },
    run: ({ db, owner, place }, { topic, message, files = [], next = [], branch = branchOf(place) }) => ({
      id: handOver(db, {
        topic,
        project: place.project,
        message,
        files,
        next,
        ...(branch !== undefined && { branch }),
      }, owner),
      waitsAs: topic,
    }),
  }),
  tool({
    name: "pick_up",
    description:
      "Take over work that was handed over under a topic, and claim the topic. Each is picked up once.",
    input: { topic },
    run: ({ db, owner }, { topic }) =>
      pickUp(db, topic, owner) ?? { none: true, advice: "see list_handoffs" },
  }),
  tool({
    name: "list_handoffs",
    description:
      "Work that waits to be taken up in this project. Look when you begin and nobody gave you a task.",
    input: { everywhere: z.boolean().optional().describe("in all projects") },
    readOnly: true,
    run: ({ db, place }, { everywhere }) => ({
      handoffs: handoffs(db, everywhere ? {} : { project: place.project }),
    }),
  }),
  tool({
    name: "set_progress",
    description: "Tell other sessions how far you are with something, at each larger step.",
    input: {
      topic,
      phase: z.string().optional(),
      percent: z.number().min(0).max(100).optional(),
      message: z.string().optional(),
    },
    run: ({ db, owner }, { topic, ...said }) => setProgress(db, topic, said, owner.name),
  }),
  tool({
    name: "get_progress",
    description: "How far other sessions are: with one topic, or with all.",
    input: { topic: topic.optional() },
    readOnly: true,
    run: ({ db }, { topic }) =>
      topic === undefined
        ? { progress: allProgress(db) }
        : progressOf(db, topic) ?? { none: true, advice: `nothing was said of ${topic} yet` },
  }),
  tool({
    name: "log_event",
    description: "Add something worth knowing to the log that all sessions and the person read.",
    input: {
      type: z.string().describe("one word, e.g. tests_added"),
      message: z.string(),
      data: z.any().optional(),
    },
    run: ({ db, owner }, event) => ({ number: addEvent(db, owner.name, event) }),
  }),
  tool({
    name: "recent_events",
    description: "What happened lately: claims, handoffs, failed tasks, and what sessions logged.",
    input: { limit: z.number().int().min(1).max(200).optional(), type: z.string().optional() },
    readOnly: true,
    run: ({ db }, { limit = 20, type }) => ({ events: lastEvents(db, limit, type) }),
  }),
];
