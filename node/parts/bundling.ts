import { httpRpc } from "../../resolver/chain/rpc/rpc.ts";
import { anyRpc } from "../proofs/any-rpc.ts";
import { Bundles } from "../proofs/bundles.ts";
import { bundleMaker } from "../proofs/make-bundle.ts";
import { sealedBlocks } from "../proofs/sealed-blocks.ts";
import type { Attesting } from "./attesting.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** Milliseconds in which a chain's server has to prove a bundle's slots: it walks the state tree for each. */
const TIMEOUT = 60_000;

/**
 * Creates the bundles. They use their own connections to the chain, so that a failure does not exclude a server from
 * following.
 */
export function createBundling(
  { config, rpcs }: NodeContext,
  { indexer, index }: Indexing,
  attesting: Attesting,
): Bundles {
  const { network, secrets } = config;
  const rpc = anyRpc(rpcs ?? secrets.rpcUrls.map((url) => httpRpc({ url, timeout: TIMEOUT })));
  const blocks = sealedBlocks({ network, attestations: attesting.attestations, indexer, rpc });
  return new Bundles({ blocks, make: bundleMaker({ index, network, rpc, blocks }) });
}
