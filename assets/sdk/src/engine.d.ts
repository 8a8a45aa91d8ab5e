/** How a bundler hands out the engine: where it is. For whoever hasn't Vite's own declarations among their types. */
declare module "*.wasm?url" {
  const url: string;
  export default url;
}
