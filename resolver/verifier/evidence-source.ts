import type { ContractReader } from "../chain/chain-reader.ts";
import { httpRpc } from "../chain/rpc/rpc.ts";
import { rpcReader } from "../chain/rpc/rpc-reader.ts";
import { verifyNetwork } from "../chain/verify-network.ts";
import type { Credential } from "../credential/read-credential.ts";
import { chainSnapshot } from "../evidence/from-chain.ts";
import { nodesSnapshot } from "../evidence/from-nodes.ts";
import type { Snapshot } from "../evidence/snapshot.ts";
import type { NetworkBehindNodes } from "../get-resolver.ts";
import { Preference } from "../http/preference.ts";
import type { NetworkDescriptor } from "../network.ts";
import { askForProofs, askNodes } from "../nodes/agreement.ts";
import type { AskProvenOptions } from "../proofs/asking/ask-proven.ts";

/** A trusted network, and the chain to read it from. */
export interface VerifiedOnChain {
  readonly descriptor: NetworkDescriptor;
  /** The URL of the chain's JSON-RPC endpoint, or a reader of the caller's own. */
  readonly chain: string | ContractReader;
  /** URLs of nodes to ask for status lists; the list's own URI unless given. */
  readonly lists?: readonly string[];
}

/** A trusted network, and evidence about it that the caller provides, such as that of a bundle. */
export interface VerifiedByEvidence {
  readonly descriptor: NetworkDescriptor;
  /** Returns the registries as of one block; called once for each verdict. */
  readonly snapshot: () => Promise<Snapshot>;
}

/** A network that a verifier trusts, read from its chain, from nodes, or from the caller's own evidence. */
export type VerifiedNetwork = VerifiedOnChain | NetworkBehindNodes | VerifiedByEvidence;

/** Where the evidence about a network's issuers comes from. */
export interface EvidenceSource {
  readonly descriptor: NetworkDescriptor;
  /** Where status lists are fetched from: URLs of nodes; `undefined` stands for a list's own URI. */
  readonly lists: Preference<string | undefined>;
  /** The registries as of one block, with the evidence for a verdict on a credential. */
  snapshot(credential: Credential): Promise<Snapshot>;
}

/**
 * @param now the verifier's clock, in Unix seconds.
 * @param proofs given when only proven answers of nodes are accepted.
 * @throws ResolverOptionsError for nodes that can't be asked as they are given.
 */
export function evidenceSource(
  network: VerifiedNetwork,
  now: () => number,
  proofs: Pick<AskProvenOptions, "known" | "maxAge"> | undefined,
): EvidenceSource {
  const { descriptor } = network;
  const sources = (nodes: readonly string[]) => new Preference(nodes.length > 0 ? nodes : [undefined], now);
  if ("snapshot" in network) return { descriptor, lists: sources([]), snapshot: network.snapshot };
  if (proofs !== undefined) {
    const proving = { descriptor, ask: askForProofs(network, now), now, ...proofs };
    return {
      descriptor,
      lists: sources([]),
      async snapshot(credential) {
        const { provingNodesSnapshot } = await import("../proofs/asking/proven-evidence.ts");
        return provingNodesSnapshot(proving, credential);
      },
    };
  }
  if ("nodes" in network) {
    const ask = askNodes({ ...network, now });
    return {
      descriptor,
      lists: sources(network.nodes),
      snapshot: ({ issuer }) => nodesSnapshot(ask, descriptor, issuer),
    };
  }
  const { chain, lists = [] } = network;
  const reader = typeof chain === "string" ? rpcReader(httpRpc({ url: chain })) : chain;
  let verified = false;
  return {
    descriptor,
    lists: sources(lists),
    async snapshot() {
      if (!verified) await verifyNetwork(reader, descriptor);
      verified = true;
      return chainSnapshot(reader, descriptor);
    },
  };
}
