import { defineConfig } from "vitest/config";

// Unit tests run anywhere in seconds. Process tests start real sessions of a stand-in for Claude Code, each in a home of
// its own. The others use real hosts, the real Claude Code or a real registry: one file at a time, so that what they
// measure and kill is their own.
export default defineConfig({
  test: {
    projects: [
      {
        // Quick where nothing else runs; on a busy machine they may take their time.
        test: { name: "unit", maxWorkers: "100%", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        test: { name: "process", include: ["test/process/**/*.test.ts"], maxWorkers: 4, testTimeout: 30_000 },
      },
      {
        test: {
          name: "real",
          include: ["test/host/**/*.test.ts", "test/claude/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
