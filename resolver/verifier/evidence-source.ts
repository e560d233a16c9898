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

/** A network that is trusted, and the chain to read it from. */
export interface VerifiedOnChain {
  readonly descriptor: NetworkDescriptor;
  /** Where its chain answers: the URL of a JSON-RPC endpoint, or a reader of one's own. */
  readonly chain: string | ContractReader;
  /** URLs of nodes to ask for status lists; the list's own URI unless given. */
  readonly lists?: readonly string[];
}

/** A network that is trusted, and evidence of one's own about it, such as what a bundle proves. */
export interface VerifiedByEvidence {
  readonly descriptor: NetworkDescriptor;
  /** The registries as of one block; it is asked for once for each verdict. */
  readonly snapshot: () => Promise<Snapshot>;
}

/** A network that a verifier trusts: on its chain, behind nodes, or by evidence of one's own. */
export type VerifiedNetwork = VerifiedOnChain | NetworkBehindNodes | VerifiedByEvidence;

/** Where the evidence about a network's issuers comes from. */
export interface EvidenceSource {
  readonly descriptor: NetworkDescriptor;
  /** Where status lists are asked for: URLs of nodes, or a list's own URI. */
  readonly lists: Preference<string | undefined>;
  /** The registries as of one block, with what a verdict on a credential rests on. */
  snapshot(credential: Credential): Promise<Snapshot>;
}

/**
 * @param now the verifier's clock, in Unix seconds.
 * @param proofs when nodes are believed only what they prove.
 * @throws ResolverOptionsError for nodes that can't be asked as they are given.
 */
export function evidenceSource(
  network: VerifiedNetwork,
  now: () => number,
  proofs: Pick<AskProvenOptions, "known" | "maxAge"> | undefined,
): EvidenceSource {
  const { descriptor } = network;
  const places = (nodes: readonly string[]) => new Preference(nodes.length > 0 ? nodes : [undefined], now);
  if ("snapshot" in network) return { descriptor, lists: places([]), snapshot: network.snapshot };
  if (proofs !== undefined) {
    const proving = { descriptor, ask: askForProofs(network, now), now, ...proofs };
    return {
      descriptor,
      lists: places([]),
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
      lists: places(network.nodes),
      snapshot: ({ issuer }) => nodesSnapshot(ask, descriptor, issuer),
    };
  }
  const { chain, lists = [] } = network;
  const reader = typeof chain === "string" ? rpcReader(httpRpc({ url: chain })) : chain;
  let verified = false;
  return {
    descriptor,
    lists: places(lists),
    async snapshot() {
      if (!verified) await verifyNetwork(reader, descriptor);
      verified = true;
      return chainSnapshot(reader, descriptor);
    },
  };
}
