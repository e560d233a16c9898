import { consortiumRows } from "./consortium/rows.ts";
import { gasRows } from "./gas/dids.ts";
import { registryGasRows } from "./gas/registries.ts";
import { gateRows } from "./gate/rows.ts";
import { indexRows } from "./index/rows.ts";
import { keyRows } from "./keys.ts";
import { libraryRows } from "./library.ts";
import { listRows } from "./lists/rows.ts";
import type { Row } from "./measuring/row.ts";
import { pageRows } from "./page/rows.ts";
import { proofRows } from "./proofs.ts";
import { resolveRows } from "./resolve/rows.ts";
import { scaleRows } from "./scale/rows.ts";
import type { Sizes } from "./sizes.ts";

/** Measures the rows of each section of the bench, at the given sizes. */
export const SECTIONS: Readonly<Record<string, (sizes: Sizes) => Promise<Row[]>>> = {
  gas: gasRows,
  registries: registryGasRows,
  resolve: ({ resolve }) => resolveRows(resolve),
  index: ({ index }) => indexRows(index),
  library: libraryRows,
  lists: ({ lists }) => listRows(lists),
  keys: ({ keys }) => keyRows(keys),
  gate: ({ gate }) => gateRows(gate),
  proofs: ({ proofs }) => proofRows(proofs),
  page: ({ page }) => pageRows(page),
  scale: ({ scale }) => scaleRows(scale),
  // Has one size only; `npm run test:consortium` runs the same network.
  consortium: consortiumRows,
};
