import type { DIDResolutionOptions, DIDResolutionResult, DIDResolver } from "did-resolver";
import type { ChainReader } from "./chain/chain-reader.ts";
import { readIdentity } from "./chain/read-identity.ts";
import { httpRpc } from "./chain/rpc.ts";
import { rpcReader } from "./chain/rpc-reader.ts";
import { verifyNetwork } from "./chain/verify-network.ts";
import { parseDid } from "./did.ts";
import { readParameters } from "./did-url.ts";
import { type ErrorCode, MapaeError, ResolutionError } from "./errors.ts";
import type { NetworkDescriptor } from "./network.ts";
import { readOptions } from "./options.ts";
import { asRepresentation, represent } from "./representation.ts";
import { resolveLatest, resolveVersion } from "./resolve.ts";

/** A network that is trusted, and the chain to read it from. */
export interface NetworkOnChain {
  readonly descriptor: NetworkDescriptor;
  /** Where its chain answers: the URL of a JSON-RPC endpoint, or a reader of one's own. */
  readonly chain: string | ChainReader;
}

export interface ResolverOptions {
  readonly networks: readonly NetworkOnChain[];
  /** The verifier's clock, in Unix seconds. */
  readonly now?: () => number;
}

/**
 * The method `mapae` for `did-resolver`, reading straight from a chain. Each answer is checked against the head that the
 * contract holds: a log that the chain's server lost is noticed. The server is trusted for the head itself.
 *
 * Errors are answered, not thrown, as `did-resolver` wants it: `didResolutionMetadata.error` is a keyword (`invalidDid`,
 * `notFound`, `unavailable`, …) and `message` says more. Only `notFound` means that a DID does not exist.
 *
 * @example
 * ```ts
 * import { Resolver } from "did-resolver";
 * const resolver = new Resolver(getResolver({ networks: [{ descriptor, chain: "http://127.0.0.1:8545" }] }));
 * const { didDocument } = await resolver.resolve("did:mapae:local:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
 * ```
 */
export function getResolver({ networks, now = unixNow }: ResolverOptions): Record<"mapae", DIDResolver> {
  const sources = new Map(networks.map(({ descriptor, chain }) => [descriptor.name, source(descriptor, chain)]));

  const resolve = async (did: string, query: string, accept: string): Promise<DIDResolutionResult> => {
    const parsed = parseDid(did);
    const version = readOptions(readParameters(query));
    const contentType = asRepresentation(accept);
    const network = sources.get(parsed.network);
    if (network === undefined) {
      const known = [...sources.keys()].join(", ");
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", `Network ${parsed.network} is not known here, only: ${known}`);
    }
    const { asOf, events, state } = await network.read(parsed.address);
    const knowledge = { did: parsed, chainId: network.chainId, asOf, now: now() };
    const isLatest = version.versionId === undefined && version.versionTime === undefined;
    const resolution = isLatest ? resolveLatest(knowledge, state) : resolveVersion(knowledge, events, version);
    return {
      didResolutionMetadata: { contentType, ...resolution.knowledge },
      didDocument: (resolution.document &&
        represent(resolution.document, contentType)) as DIDResolutionResult["didDocument"],
      didDocumentMetadata: resolution.documentMetadata,
    };
  };

  return {
    mapae: async (did, { query }, _resolver, { accept }: DIDResolutionOptions) => {
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

function source(descriptor: NetworkDescriptor, chain: string | ChainReader) {
  const reader = typeof chain === "string" ? rpcReader(httpRpc({ url: chain })) : chain;
  let verified = false;
  return {
    chainId: descriptor.chainId,
    async read(address: Parameters<typeof readIdentity>[2]) {
      if (!verified) await verifyNetwork(reader, descriptor);
      verified = true;
      return readIdentity(reader, descriptor, address);
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
