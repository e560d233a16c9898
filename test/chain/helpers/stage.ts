import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Artifacts } from "../../../cli/deploy/artifacts.ts";
import { endsOf, temporaryFolder } from "../../../scripts/rehearsal/ends.ts";
import { deploy } from "./deploy.ts";
import { follow, untilFollowing } from "./node.ts";
import { startPair } from "./pair.ts";
import { sealingOn } from "./seal.ts";

/** Number of blocks that can be undone by the network's finality rule. */
export const WINDOW = 12;

/** Starts a pair of validators with a network on their chain, and a node that follows the geth named `a`. */
export async function stage(t: TestContext, artifacts: Artifacts) {
  const atEnd = endsOf(t);
  const folder = await temporaryFolder(atEnd);
  const pair = await startPair(folder, atEnd);
  const { network, calls } = await sealingOn(pair.a, () => deploy(pair.a, { artifacts, folder, depth: WINDOW }));
  const options = { folder: join(folder, "mapae"), network, geth: pair.a };
  await mkdir(options.folder);
  const node = await follow(options);
  atEnd(node.stop);
  await untilFollowing(node, pair.a);
  return { atEnd, pair, calls, options, node };
}
