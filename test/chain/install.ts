/** Builds geth for the tests of this folder, and says how that goes. They would build it too, but silently. */
import { GethInstallError, installGeth } from "../../scripts/rehearsal/geth.ts";

try {
  await installGeth();
} catch (error) {
  if (!(error instanceof GethInstallError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
