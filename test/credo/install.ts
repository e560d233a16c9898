/** Installs credo-ts for the tests of this folder, and prints the progress. */
import { installCredo } from "./credo.ts";

installCredo();
