import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { buildPage } from "./build.ts";

/** Builds the page that a node of this checkout serves. */
await buildPage(join(REPOSITORY, "dist", "page"));
