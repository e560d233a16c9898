/** Installs credo-ts for the tests of this folder, and says so. */
import { installCredo } from "./credo.ts";

installCredo();
