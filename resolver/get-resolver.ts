import type { DIDDocument, DIDResolutionMetadata } from "did-resolver";
import type { ChainReader } from "./chain/chain-reader.ts";
import { chainSource } from "./chain/chain-source.ts";
import { parseDid } from "./did/did.ts";
import { readParameters } from "./did/did-url.ts";
import { type ErrorCode, MapaeError, ResolutionError } from "./errors.ts";
import type { Fetch } from "./http/request.ts";
import type { NetworkDescriptor } from "./network.ts";
import { askForProofs } from "./nodes/agreement.ts";
import { nodeSource } from "./nodes/node-source.ts";
import type { AskProvenOptions } from "./proofs/asking/ask-proven.ts";
import type { KnownBlocks } from "./proofs/asking/known-blocks.ts";
import { readOptions } from "./resolution/options.ts";
import { asRepresentation, represent } from "./resolution/representation.ts";
import type { DocumentMetadata } from "./resolution/resolve.ts";
import type { DidSource } from "./resolution/source.ts";

/** A network that is trusted, and the chain to read it from. */
export interface NetworkOnChain {
  readonly descriptor: NetworkDescriptor;
  /** Where its chain answers: the URL of a JSON-RPC endpoint, or a reader of one's own. */
  readonly chain: string | ChainReader;
}

/** A network that is trusted, and nodes to ask about it. */
export interface NetworkBehindNodes {
  readonly descriptor: NetworkDescriptor;
  /** URLs of nodes, in order of preference: the next is asked when one can't be. Of different hosts. */
  readonly nodes: readonly string[];
  /** How many of them have to answer the same; 1 unless given. */
  readonly agreement?: number;
  /** Milliseconds for a whole request to one node; 5 000 unless given. */
  readonly timeout?: number;
  readonly fetch?: Fetch;
}

/** The networks that a resolver knows: a DID of any other is `featureNotSupported`. */
export interface ResolverOptions {
  readonly networks: readonly (NetworkOnChain | NetworkBehindNodes)[];
  /** The verifier's clock, in Unix seconds. */
  readonly now?: () => number;
  /**
   * `require` believes nodes only what they prove from a block that was sealed: one request a resolution, and no node is trusted.
   * What no node proves is an error such as `proofHistory`, never an answer. The code that verifies proofs is loaded when the
   * first DID is resolved.
   */
  readonly proofs?: "require";
  /** With `proofs`: most seconds that the block of an answer may be old; 900 unless given. */
  readonly maxAge?: number;
  /** With `proofs`: what the verifier remembers of each network; keep it, so that it is never taken back. In memory unless given. */
  readonly known?: KnownBlocks;
}

/**
 * A resolution as `did-resolver` wants it. A document's `@context` is there and not in the type: versions 4 and 5 of that
 * library, both in use, differ in it alone.
 */
export interface ResolutionResult {
  readonly didResolutionMetadata: DIDResolutionMetadata;
  readonly didDocument: Omit<DIDDocument, "@context"> | null;
  readonly didDocumentMetadata: DocumentMetadata | Record<string, never>;
}

/** What `did-resolver` calls for a DID of the method. */
export type MethodResolver = (
  did: string,
  parsed: { readonly query?: string },
  resolver: unknown,
  options: { readonly accept?: string },
) => Promise<ResolutionResult>;

/**
 * The method `mapae` for `did-resolver`, for each network either straight from its chain or from nodes. Each answer from a
 * chain is checked against the head that the contract holds: a log that the chain's server lost is noticed. A node is
 * trusted for its answer; ask several and let them agree.
 *
 * Errors are answered, not thrown, as `did-resolver` wants it: `didResolutionMetadata.error` is a keyword (`invalidDid`,
 * `notFound`, `unavailable`, `nodesDisagree`, …) and `message` says more. Only `notFound` means that a DID does not exist.
 * `didResolutionMetadata.asOf` says as of which block an answer holds. Leave off the cache of `did-resolver`: it keeps an
 * answer forever, though a key may be revoked in the next block.
 *
 * @throws ResolverOptionsError when the networks can't be asked as they are given.
 *
 * @example
 * ```ts
 * import { Resolver } from "did-resolver";
 * import { getResolver } from "mapae";
 * const nodes = ["https://node.ministry.example", "https://node.agency.example"];
 * const resolver = new Resolver(getResolver({ networks: [{ descriptor, nodes, agreement: 2 }] }));
 * const { didDocument } = await resolver.resolve("did:mapae:local:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
 * console.log(didDocument?.assertionMethod?.length); // 1
 * ```
 */
export function getResolver(given: ResolverOptions): Record<"mapae", MethodResolver> {
  const { networks, now = unixNow, proofs, maxAge = 900, known = new Map() } = given;
  const sourceOf = (network: NetworkOnChain | NetworkBehindNodes) =>
    proofs === undefined ? didSource(network, now) : provingSource(network, { now, maxAge, known });
  const sources = new Map(networks.map((network) => [network.descriptor.name, sourceOf(network)]));

  const resolve = async (did: string, query: string, accept: string): Promise<ResolutionResult> => {
    const parsed = parseDid(did);
    const options = readOptions(readParameters(query));
    if (options.proof) {
      const how = 'set proofs: "require" in place of it, so that answers are proven';
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", `The option proof is for who asks a node over HTTP: ${how}`);
    }
    const contentType = asRepresentation(accept);
    const source = sources.get(parsed.network);
    if (source === undefined) {
      const known = [...sources.keys()].join(", ");
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", `Network ${parsed.network} is not known here, only: ${known}`);
    }
    const { document, documentMetadata, resolutionMetadata } = await source.resolve(parsed, options);
    return {
      didResolutionMetadata: { contentType, ...resolutionMetadata },
      didDocument: (document && represent(document, contentType)) as ResolutionResult["didDocument"],
      didDocumentMetadata: documentMetadata,
    };
  };

  return {
    mapae: async (did, { query }, _resolver, { accept }) => {
      try {
        return await resolve(did, query ?? "", accept ?? "application/did+ld+json");
      } catch (error) {
        if (!(error instanceof MapaeError)) throw error;
        const didResolutionMetadata = { error: keyword(error.code as ErrorCode), message: error.message };
        return { didResolutionMetadata, didDocument: null, didDocumentMetadata: {} };
      }
    },
  };
}

/**
 * Where the DIDs of one network are read from.
 * @throws ResolverOptionsError when it can't be asked as it is given.
 */
export function didSource(network: NetworkOnChain | NetworkBehindNodes, now: () => number = unixNow): DidSource {
  return "nodes" in network ? nodeSource({ ...network, now }) : chainSource({ ...network, now });
}

/** Asks nodes for proofs, by code that is loaded when it is needed: who asks for none does not carry it. */
function provingSource(
  network: NetworkOnChain | NetworkBehindNodes,
  options: Pick<AskProvenOptions, "now" | "maxAge" | "known">,
): DidSource {
  const proving = { descriptor: network.descriptor, ask: askForProofs(network, options.now), ...options };
  return {
    async resolve(did, question) {
      const { provenSource } = await import("./proofs/asking/proven-source.ts");
      return provenSource(proving).resolve(did, question);
    },
  };
}

/** `NOT_FOUND` is `notFound`, and so on: how DID Core 1.0 and `did-resolver` spell errors. */
function keyword(code: ErrorCode): string {
  return code.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function unixNow(): number {
  return Math.floor(Date.now() / 1_000);
}
