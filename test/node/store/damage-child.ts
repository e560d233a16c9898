/**
 * A program: opens the indexes that its parent names, one after the other, follows the chain of {@link damagedChain}, and
 * says what each holds then, or by which error it was refused. LevelDB may end it.
 */
import { openLevel } from "../../../node/store/database.ts";
import { MapaeError } from "../../../resolver/errors.ts";
import type { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";
import { damagedChain } from "./damaged-index.ts";

export type Outcome = { readonly content: string | undefined } | { readonly code: string };

async function outcomeOf(path: string, chain: ChainSimulator): Promise<Outcome> {
  try {
    const database = await openLevel(path);
    try {
      const node = await SimulatedNode.start({ network: chain.network(), readers: [chain], database });
      if (node.progress.state().kind !== "following") await node.settle();
      return { content: node.store.contentHash()?.hash };
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof MapaeError) return { code: error.code };
    throw error;
  }
}

const chain = damagedChain();
process.once("disconnect", () => process.exit());
process.on("message", async (path: string) => process.send?.(await outcomeOf(path, chain)));
