import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { SCHEMA_VERSION } from "../../node/store/keys.ts";
import { expectMeta, expectNetwork } from "../../node/store/meta.ts";
import { metaIn } from "../../node/store/older-index.ts";
import { StoreError } from "../../node/store/store-error.ts";
import type { NetworkDescriptor } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";
import { nearestExisting } from "./nearest-existing.ts";

export interface DataDirectoryCheck {
  readonly directory: string;
  readonly network: NetworkDescriptor;
  /** Whether a node of this network is running: it then has the directory open. */
  readonly running: boolean;
}

/** Whether a node can use its data directory: permissions, network, schema. Nothing in it is changed. */
export async function checkDataDirectory({ directory, network, running }: DataDirectoryCheck): Promise<Finding> {
  const what = `data directory ${directory}`;
  try {
    const existing = await nearestExisting(directory);
    await expectWritable(existing.path);
    if (!existing.isWhole) return ok(what, "will be made by the node");
    const meta = await metaIn(directory);
    if (meta === undefined) return ok(what, "empty");
    if (meta.schemaVersion < SCHEMA_VERSION) {
      expectNetwork(meta, network, "The data directory");
      const way = `schema version ${meta.schemaVersion}: when the node starts, it keeps it and reads everything from the chain again`;
      return warning(what, `holds the index of ${meta.network}, ${way}`);
    }
    expectMeta(meta, network);
    return ok(what, `holds the index of ${meta.network}, schema version ${meta.schemaVersion}`);
  } catch (error) {
    if (!(error instanceof StoreError && error.code === "STORE_LOCKED")) return fault(what, error);
    return running
      ? ok(what, "in use by the node that runs")
      : warning(what, `${error.message}. No node answers on the port that is configured`);
  }
}

async function expectWritable(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) {
    throw new CliError("CONFIGURATION", `${path} is no directory: set MAPAE_DATA_DIR to one`);
  }
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new CliError("CONFIGURATION", `This user may not write to ${path}: change its rights, or MAPAE_DATA_DIR`, {
      cause,
    });
  }
}
