import { type DIDDocument, Resolver } from "did-resolver";
import { getResolver } from "ethr-did-resolver";
import type { ChainReader, Header } from "../../resolver/chain/chain-reader.ts";
import { asOfBlock } from "../../resolver/chain/read-identity.ts";
import { httpRpc, type Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import { MapaeError, ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import { Preference } from "../../resolver/http/preference.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import { type AnswerMetadata, answerMetadata } from "../../resolver/resolution/resolve.ts";
import { RpcProvider } from "../chain/servers/rpc-provider.ts";
import { boundedRpc } from "./bounded-rpc.ts";

type Provider = NonNullable<Extract<Parameters<typeof getResolver>[0], { provider?: unknown }>["provider"]>;

/** Representations that the library supports: those of DID Core 1.0. */
export type EthrRepresentation = "application/did+ld+json" | "application/did+json";

export interface EthrQuestion {
  readonly did: string;
  readonly versionId: number | undefined;
  readonly representation: EthrRepresentation;
}

/** The library's result, with the block as of which it was read in its metadata. */
export interface EthrResolution {
  readonly document: DIDDocument | null;
  readonly documentMetadata: { readonly deactivated?: boolean };
  readonly resolutionMetadata: AnswerMetadata;
}

export interface EthrSourceOptions {
  readonly network: NetworkDescriptor;
  /** At least one, in order of preference. */
  readonly rpcUrls: readonly string[];
  /** Unix time in seconds. It has to be the system's clock, which the library also reads. */
  readonly now: () => number;
}

type Server = (question: EthrQuestion) => Promise<EthrResolution>;

/**
 * Resolves did:ethr on the chain and the registry of a network with the npm library `ethr-did-resolver`. One server of the
 * chain is asked as long as it answers, then the next.
 *
 * The library does not detect logs that a server left out, so its answers are only as reliable as the server. It returns
 * `notFound` for every failure of a request, and only then, because each address has a document by default. Here this
 * becomes an UnavailableError.
 *
 * @throws UnavailableError, and other errors of a chain that is not the network's.
 */
export function ethrSource({ network, rpcUrls, now }: EthrSourceOptions): Server {
  const servers = rpcUrls.map((url) => ethrServer({ network, rpc: httpRpc({ url }), now }));
  const preference = new Preference(servers, now);
  return (question) => preference.first((server) => server(question), isFailure);
}

/** Whether asking another server of the chain may help. */
function isFailure(error: unknown): boolean {
  return error instanceof MapaeError && !(error instanceof ResolutionError);
}

/** Maximum number of reads of a document while the identity keeps changing. */
const MAX_READS = 3;

function ethrServer({ network, rpc, now }: { network: NetworkDescriptor; rpc: Rpc; now: () => number }): Server {
  const reader = rpcReader(rpc);
  let verified = false;

  const read = async (question: EthrQuestion): Promise<EthrResolution> => {
    if (!verified) await verifyNetwork(reader, network);
    verified = true;
    for (let reads = 0; reads < MAX_READS; reads++) {
      const newest = await reader.header("latest");
      if (newest === null) throw new UnavailableError("The chain has no newest block");
      const at = await momentOf(question, newest, reader);
      const { document, documentMetadata } = await askLibrary(question, network, rpc);
      // The library reads the newest state at the time of its requests. If its version is not above `newest`, no change came
      // in between.
      if (Number(documentMetadata.versionId ?? 0) > newest.number) continue;
      return {
        document,
        documentMetadata,
        resolutionMetadata: answerMetadata(asOfBlock(newest, network), at ?? now()),
      };
    }
    throw new UnavailableError("The identity changed each time that it was read: ask again");
  };

  return async (question) => {
    try {
      return await read(question);
    } catch (error) {
      verified = false;
      throw error;
    }
  };
}

/** The time of a version's block; `undefined` for the newest version, which is judged as of now. */
async function momentOf({ versionId }: EthrQuestion, newest: Header, reader: ChainReader): Promise<number | undefined> {
  if (versionId === undefined) return undefined;
  if (versionId > newest.number) {
    throw new UnavailableError(`versionId is ${versionId}, but blocks are known up to ${newest.number} only`);
  }
  const [header] = await reader.headers([versionId]);
  return header?.time;
}

async function askLibrary({ did, versionId, representation }: EthrQuestion, network: NetworkDescriptor, rpc: Rpc) {
  const { chainId } = network;
  const provider = new RpcProvider(boundedRpc(rpc), chainId);
  try {
    const registry = currentDeployment(network).registries.did.address;
    // The library uses the CommonJS types of ethers, which are nominally different from those for modules.
    const resolver = new Resolver(getResolver({ chainId, registry, provider: provider as unknown as Provider }));
    const query = versionId === undefined ? "" : `?versionId=${versionId}`;
    const result = await resolver.resolve(`${did}${query}`, { accept: representation });
    const { error, message } = result.didResolutionMetadata;
    if (error === "notFound") throw new UnavailableError(`The chain could not be asked: ${message}`);
    // Everything else that the library rejects was checked before.
    if (error !== undefined) throw new TypeError(`ethr-did-resolver says ${error}: ${message}`);
    return { document: result.didDocument, documentMetadata: result.didDocumentMetadata };
  } finally {
    provider.destroy();
  }
}
