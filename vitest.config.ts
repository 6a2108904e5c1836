import { defineConfig } from "vitest/config";

// Unit tests run anywhere in seconds. The others use real hosts, the real Claude Code or a real registry: one file at a
// time, so that what they measure and kill is their own.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      {
        test: {
          name: "real",
          include: ["test/host/**/*.test.ts", "test/claude/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
