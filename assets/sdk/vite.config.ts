/** How the SDK is tested. It isn't built: whoever uses it builds it with their own. */

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
  },
});
