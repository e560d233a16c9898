import { httpRpc } from "../../resolver/chain/rpc/rpc.ts";
import { anyRpc } from "../proofs/any-rpc.ts";
import { Proofs } from "../proofs/proofs.ts";
import { sealedBlocks } from "../proofs/sealed-blocks.ts";
import { AcceptedGrants } from "../trust/accepted-grants.ts";
import type { Attesting } from "./attesting.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/**
 * Creates the envelopes. They use their own connections to the chain, so that a failure does not exclude a server from
 * following.
 */
export function createProving(
  { config, rpcs }: NodeContext,
  { indexer, index }: Indexing,
  attesting: Attesting,
): Proofs {
  const { network, secrets } = config;
  const rpc = anyRpc(rpcs ?? secrets.rpcUrls.map((url) => httpRpc({ url })));
  return new Proofs({
    network,
    index,
    accepted: new AcceptedGrants(index),
    blocks: sealedBlocks({ network, attestations: attesting.attestations, indexer, rpc }),
    rpc,
  });
}
