/** Builds geth for the tests of this folder, and prints the progress. The tests would also build it, but without output. */

import { installOrExplain } from "../../scripts/go-program.ts";
import { GETH } from "../../scripts/rehearsal/geth.ts";

await installOrExplain(GETH);
