/**
 * How the SDK is tested, and how its example is tried (`npm run example`) beside a `ricochet serve` on its usual port.
 * The SDK itself isn't built: whoever uses it builds it with their own.
 */

import { defineConfig } from "vitest/config";

const GAME_SERVER = "127.0.0.1:8000";

export default defineConfig({
  base: "./",
  build: { target: "es2023", rolldownOptions: { input: "example/squares.html" } },
  server: { open: "example/squares.html", proxy: { "/play": { target: `ws://${GAME_SERVER}`, ws: true } } },
  test: {
    environment: "node",
    isolate: false, // a process for each file costs three times what the tests do; none leaves anything to the next
    unstubGlobals: true,
    restoreMocks: true,
    include: ["src/**/*.test.ts"],
  },
});
