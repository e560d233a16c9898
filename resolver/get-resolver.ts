import type { DIDDocument, DIDResolutionMetadata } from "did-resolver";
import type { ChainReader } from "./chain/chain-reader.ts";
import { chainSource } from "./chain/chain-source.ts";
import { parseDid } from "./did/did.ts";
import { readParameters } from "./did/did-url.ts";
import { type ErrorCode, MapaeError, ResolutionError, ResolverOptionsError } from "./errors.ts";
import type { Fetch } from "./http/request.ts";
import type { NetworkDescriptor } from "./network.ts";
import { askForProofs } from "./nodes/agreement.ts";
import { nodeSource } from "./nodes/node-source.ts";
import type { AskProvenOptions } from "./proofs/asking/ask-proven.ts";
import type { KnownBlocks } from "./proofs/asking/known-blocks.ts";
import { expectNoPath } from "./resolution/dereference.ts";
import { type PartOptions, readOptions } from "./resolution/options.ts";
import { asRepresentation, represent } from "./resolution/representation.ts";
import type { DocumentMetadata } from "./resolution/resolve.ts";
import type { DidSource } from "./resolution/source.ts";

/** A trusted network, and the chain to read it from. */
export interface NetworkOnChain {
  readonly descriptor: NetworkDescriptor;
  /** The URL of the chain's JSON-RPC endpoint, or a reader of the caller's own. */
  readonly chain: string | ChainReader;
}

/** A trusted network, and the nodes to ask about it. */
export interface NetworkBehindNodes {
  readonly descriptor: NetworkDescriptor;
  /** URLs of nodes, each of another host, in order of preference: when one can't be asked, the next one is. */
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
   * With `require`, only answers that a node proves from a sealed block are accepted: no node is trusted, and a resolution
   * takes one request. A question for which no node has a proof is an error such as `proofHistory`, never an answer. The code
   * that verifies proofs is loaded when the first DID is resolved.
   */
  readonly proofs?: "require";
  /** With `proofs`: highest age of the block of an answer, in seconds; 900 unless given. */
  readonly maxAge?: number;
  /**
   * With `proofs`: the newest proven block of each network. Store it, so that no later answer is of an older block. In memory
   * unless given.
   */
  readonly known?: KnownBlocks;
}

/**
 * A resolution in the format of `did-resolver`. The document has an `@context` that the type leaves out: versions 4 and 5 of
 * that library, both in use, differ only in its type.
 */
export interface ResolutionResult {
  readonly didResolutionMetadata: DIDResolutionMetadata;
  readonly didDocument: Omit<DIDDocument, "@context"> | null;
  readonly didDocumentMetadata: DocumentMetadata | Record<string, never>;
}

/** Options that a node applies when it dereferences a DID URL. Here they would have no effect. */
const PART_OPTIONS: readonly (keyof PartOptions)[] = [
  "service",
  "serviceType",
  "relativeRef",
  "verificationRelationship",
];

/** What `did-resolver` calls for a DID of the method. */
export type MethodResolver = (
  did: string,
  parsed: { readonly path?: string; readonly query?: string },
  resolver: unknown,
  options: { readonly accept?: string },
) => Promise<ResolutionResult>;

/**
 * The method `mapae` for `did-resolver`, for each network either directly from its chain or from nodes. Each answer from a
 * chain is checked against the head that the contract holds, so a log that the chain's server lost is noticed. A node is
 * trusted for its answer: give several nodes, and an `agreement`.
 *
 * Errors are returned, not thrown, as `did-resolver` requires: `didResolutionMetadata.error` is a keyword (`invalidDid`,
 * `notFound`, `unavailable`, `nodesDisagree`, …) and `message` says more. Only `notFound` means that a DID does not exist.
 * `didResolutionMetadata.asOf` is the block whose knowledge the answer uses. Do not switch on the cache of `did-resolver`: it
 * keeps an answer forever, but a key may be revoked in the next block.
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
  if (sources.size < networks.length) {
    throw new ResolverOptionsError("Got two networks of one name, wanted each once: only one of them would be asked");
  }

  const resolve = async (did: string, path: string, query: string, accept: string): Promise<ResolutionResult> => {
    const parsed = parseDid(did);
    expectNoPath({ path });
    const options = readOptions(readParameters(query));
    const part = PART_OPTIONS.find((name) => options[name] !== undefined);
    if (part !== undefined) {
      const how = "resolve the DID alone, and take the part from its document";
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", `Got ${part}, which selects a part of the document: ${how}`);
    }
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
    mapae: async (did, { path, query }, _resolver, { accept }) => {
      try {
        return await resolve(did, path ?? "", query ?? "", accept ?? "application/did+ld+json");
      } catch (error) {
        if (!(error instanceof MapaeError)) throw error;
        const didResolutionMetadata = { error: keyword(error.code as ErrorCode), message: error.message };
        return { didResolutionMetadata, didDocument: null, didDocumentMetadata: {} };
      }
    },
  };
}

/**
 * The source of the DIDs of one network.
 * @throws ResolverOptionsError when it can't be asked as it is given.
 */
export function didSource(network: NetworkOnChain | NetworkBehindNodes, now: () => number = unixNow): DidSource {
  return "nodes" in network ? nodeSource({ ...network, now }) : chainSource({ ...network, now });
}

/**
 * Asks nodes for proofs. The code for it is loaded at the first use, so that a bundle for callers without proofs is smaller.
 */
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

/** The spelling of errors in DID Core 1.0 and `did-resolver`: `NOT_FOUND` is `notFound`, and so on. */
function keyword(code: ErrorCode): string {
  return code.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function unixNow(): number {
  return Math.floor(Date.now() / 1_000);
}
