import { httpRpc } from "../../resolver/chain/rpc/rpc.ts";
import { anyRpc } from "../proofs/any-rpc.ts";
import { Bundles } from "../proofs/bundles.ts";
import { bundleMaker } from "../proofs/make-bundle.ts";
import { Proofs } from "../proofs/proofs.ts";
import { sealedBlocks } from "../proofs/sealed-blocks.ts";
import { AcceptedGrants } from "../trust/accepted-grants.ts";
import { IssuerLists } from "../trust/issuer-lists.ts";
import type { Attesting } from "./attesting.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** Milliseconds in which a chain's server has to prove a bundle's slots: it walks the state tree for each. */
const BUNDLE_TIMEOUT = 60_000;

/** What a node proves: subjects in envelopes, credential types in bundles. */
export interface Proving {
  readonly proofs: Proofs;
  readonly bundles: Bundles;
}

/**
 * Creates the envelopes and the bundles. Each have their own connections to the chain, so that a failure does not exclude a
 * server from following.
 */
export function createProving(
  { config, clock, rpcs }: NodeContext,
  { indexer, index }: Indexing,
  { attestations }: Attesting,
): Proving {
  const { network, secrets } = config;
  const accepted = new AcceptedGrants(index);
  const sources = (options: { readonly timeout?: number }) => {
    const servers = rpcs ?? secrets.rpcUrls.map((url) => httpRpc({ url, ...options }));
    const rpc = anyRpc(servers, clock.now);
    return { network, index, accepted, rpc, blocks: sealedBlocks({ network, attestations, indexer, rpc }) };
  };
  const ofBundles = sources({ timeout: BUNDLE_TIMEOUT });
  const make = bundleMaker({ ...ofBundles, lists: new IssuerLists(index) });
  return { proofs: new Proofs(sources({})), bundles: new Bundles({ blocks: ofBundles.blocks, make }) };
}
