import { join, relative } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { buildPackage, packPackage } from "./build-package.ts";

/** `npm run pack:resolver`: packs the library as a tarball for `npm install`. */
const dist = join(REPOSITORY, "dist");
const folder = join(dist, "resolver");

console.log("Compiling resolver/ …");
await buildPackage(folder);
const tarball = await packPackage(folder, dist);
console.log(`Packed. Install it with: npm install ${relative(process.cwd(), tarball)}`);
