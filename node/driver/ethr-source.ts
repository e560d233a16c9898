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

/** Representations that the library knows: those of DID Core 1.0. */
export type EthrRepresentation = "application/did+ld+json" | "application/did+json";

export interface EthrQuestion {
  readonly did: string;
  readonly versionId: number | undefined;
  readonly representation: EthrRepresentation;
}

/** What the library says, and as of which block. */
export interface EthrResolution {
  readonly document: DIDDocument | null;
  readonly documentMetadata: { readonly deactivated?: boolean };
  readonly resolutionMetadata: AnswerMetadata;
}

export interface EthrSourceOptions {
  readonly network: NetworkDescriptor;
  /** At least one, in order of preference. */
  readonly rpcUrls: readonly string[];
  /** Unix time in seconds: the library reads the system's clock too. */
  readonly now: () => number;
}

type Server = (question: EthrQuestion) => Promise<EthrResolution>;

/**
 * did:ethr on the chain and the registry of a network, by the npm library `ethr-did-resolver`. One server of the chain is
 * asked as long as it answers, then the next.
 *
 * The library notices no log that a server left out, so its answers are as good as the server. It says `notFound` for every
 * failure to ask, and never otherwise, since each address has a document by default: that is an UnavailableError here.
 *
 * @throws UnavailableError, and other errors of a chain that is not the network's.
 */
export function ethrSource({ network, rpcUrls, now }: EthrSourceOptions): Server {
  const servers = rpcUrls.map((url) => ethrServer({ network, rpc: httpRpc({ url }), now }));
  const preference = new Preference(servers, now);
  return (question) => preference.first((server) => server(question), isFailure);
}

/** Whether another server of the chain may do better. */
function isFailure(error: unknown): boolean {
  return error instanceof MapaeError && !(error instanceof ResolutionError);
}

/** How often a document is read again because the identity changed meanwhile. */
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
      // The library reads what is newest when it asks: nothing came in between when its version is not a later one.
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

/** The moment that a version is judged at; `undefined` for the newest, which is judged now. */
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
    // Its types are those of ethers for CommonJS, which differ from the same ones for modules in name only.
    const resolver = new Resolver(getResolver({ chainId, registry, provider: provider as unknown as Provider }));
    const query = versionId === undefined ? "" : `?versionId=${versionId}`;
    const result = await resolver.resolve(`${did}${query}`, { accept: representation });
    const { error, message } = result.didResolutionMetadata;
    if (error === "notFound") throw new UnavailableError(`The chain could not be asked: ${message}`);
    // What else it refuses was checked before.
    if (error !== undefined) throw new TypeError(`ethr-did-resolver says ${error}: ${message}`);
    return { document: result.didDocument, documentMetadata: result.didDocumentMetadata };
  } finally {
    provider.destroy();
  }
}
