/** Installs the test runner for the tests of this folder, and prints the progress. */
import { installVitest } from "./vitest.ts";

installVitest();
