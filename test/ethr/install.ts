/** Installs the runner for the tests of this folder, and says so. */
import { installVitest } from "./vitest.ts";

installVitest();
