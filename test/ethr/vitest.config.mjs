import { join } from "node:path";
import { LEFT_OUT } from "./exceptions.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..");
const PACKAGE = join(REPOSITORY, "node_modules", "ethr-did-resolver");

/** Runs the tests in the package of `ethr-did-resolver` as they are, but for where their registry comes from. */
export default {
  root: PACKAGE,
  cacheDir: join(REPOSITORY, ".tools", "ethr", "cache"),
  resolve: { alias: [{ find: /^\.\/testUtils$/, replacement: join(import.meta.dirname, "test-utils.ts") }] },
  test: {
    dir: join(PACKAGE, "src"),
    include: ["**/*.test.ts"],
    exclude: LEFT_OUT.map((name) => `**/${name}`),
    // A package's folder is not compiled unless it is said.
    server: { deps: { inline: [/ethr-did-resolver\/src\//] } },
    // A bound for what hangs, not for what is slow.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
};
