import { join } from "node:path";
import type { RunningNode } from "../../../node/main.ts";
import type { Sizes } from "../sizes.ts";
import { openFolder } from "../stage/folder.ts";
import { type GateChain, openGateChain } from "./chain.ts";
import { changeOneDay, fillLists } from "./lists.ts";
import { bundleOf, startGateNode } from "./node.ts";

/** A chain with issuers and lists, a node that attests its blocks and serves bundles, and two bundles. */
export interface GateStage extends AsyncDisposable {
  readonly sizes: Sizes["gate"];
  readonly chain: GateChain;
  readonly node: RunningNode;
  readonly folder: string;
  /** A bundle with all facts, and the delta after the changes of a day. */
  readonly full: Uint8Array;
  readonly delta: Uint8Array;
}

export async function openGateStage(sizes: Sizes["gate"]): Promise<GateStage> {
  const folder = await openFolder();
  const chain = await openGateChain(sizes.issuers);
  const listIssuers = chain.issuers.slice(0, sizes.lists);
  const node = await startGateNode(chain, listIssuers, join(folder.path, "index"));
  async function close() {
    await node.stop();
    await folder.remove();
  }
  try {
    const lists = await fillLists(chain, node, listIssuers);
    const full = await bundleOf(chain, node);
    const since = await chain.newest();
    await changeOneDay(chain, lists, sizes);
    const delta = await bundleOf(chain, node, since);
    return { sizes, chain, node, folder: folder.path, full, delta, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
