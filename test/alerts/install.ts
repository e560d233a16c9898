/** Builds promtool for the tests of this folder, and prints the progress. */
import { installOrExplain } from "../../scripts/go-program.ts";
import { PROMTOOL } from "./promtool.ts";

await installOrExplain(PROMTOOL);
