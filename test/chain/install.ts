/** Builds geth for the tests of this folder, and says how that goes. They would build it too, but silently. */

import { installOrExplain } from "../../scripts/go-program.ts";
import { GETH } from "../../scripts/rehearsal/geth.ts";

await installOrExplain(GETH);
