import { installNpmTool } from "../helpers/npm-tool.ts";

/** Installs the test runner of `ethr-did-resolver` 11.1.3, in the version of its package. */
export const installVitest = () => installNpmTool("ethr", { vitest: "4.1.5" });
