import { defineConfig } from "@hey-api/openapi-ts";

// With the extension, Node.js runs the client as it is; who uses a bundler needs no configuration at all.
export default defineConfig({
  input: "openapi.json",
  output: { path: "rebound", module: { extension: ".ts" } },
});
