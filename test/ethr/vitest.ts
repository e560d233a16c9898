import { installNpmTool } from "../helpers/npm-tool.ts";

/** The runner that the tests of `ethr-did-resolver` 11.1.3 are written for, in the version that its package names. */
export const installVitest = () => installNpmTool("ethr", { vitest: "4.1.5" });
