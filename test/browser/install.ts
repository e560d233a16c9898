/** Finds or installs the browser for the tests of this folder, and prints the progress. */
import { BrowserMissingError, findChromium } from "../../scripts/page/find-chromium.ts";

try {
  console.log(`Testing in ${await findChromium()}`);
} catch (error) {
  if (!(error instanceof BrowserMissingError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
