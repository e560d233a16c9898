import { join } from "node:path";
import { ROOT } from "../package/tools.ts";
import { buildPage } from "./build.ts";

/** Builds the page that a node of this checkout serves. */
await buildPage(join(ROOT, "dist", "page"));
