/** Builds promtool for the tests of this folder, and says how that goes. */
import { installOrExplain } from "../../scripts/go-program.ts";
import { PROMTOOL } from "./promtool.ts";

await installOrExplain(PROMTOOL);
