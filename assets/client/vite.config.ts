/**
 * How the browser client is built, served while it is being worked on, and tested.
 *
 * The build is a folder of relative links (`base: "./"`), so that it works wherever the server mounts it.
 * `npm run dev` serves the sources and passes the game's own addresses on to a `ricochet serve` beside it.
 * `vite build --mode vectors` builds the page that holds the engine to the golden vectors instead of the game.
 */

import { defineConfig } from "vitest/config";

const GAME_SERVER = "127.0.0.1:8000";
const PAGES = ["index.html", "dashboard.html", "replay.html", "standings.html", "player.html"];

export default defineConfig(({ mode }) => ({
  base: "./",
  build: {
    outDir: "dist",
    target: "es2023",
    rolldownOptions: { input: mode === "vectors" ? "vectors.html" : PAGES },
  },
  experimental: {
    // `/player/ID` is a page one level down; all others are at the root.
    renderBuiltUrl: (file, { hostId, hostType }) =>
      hostType === "html" && hostId === "player.html" ? `../${file}` : { relative: true },
  },
  server: {
    proxy: {
      "/play": { target: `ws://${GAME_SERVER}`, ws: true },
      "/stats": { target: `ws://${GAME_SERVER}`, ws: true },
      "/api": { target: `http://${GAME_SERVER}` },
    },
  },
  test: {
    environment: "node",
    isolate: false, // a process for each file costs three times what the tests do; none leaves anything to the next
    unstubGlobals: true,
    restoreMocks: true,
    include: ["src/**/*.test.ts"],
  },
}));
