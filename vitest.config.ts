import { defineConfig } from "vitest/config";

// Packages resolve to their sources ("source" condition), so that tests need no build of what they test.
// What starts worker threads or the command line itself runs the built files: `./orion test` builds first.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "default"] } },
  test: {
    include: ["packages/**/*.test.ts", "apps/**/*.test.ts", "bench/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default", "./vitest.closingLine.ts"],
  },
});
