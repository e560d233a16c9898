import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that has `package.json`, `resolver/`, `node/` and `cli/`: a checkout, or an installed package. */
export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
