import { keyCache } from "../did/key-cache.ts";
import type { NetworkDescriptor } from "../network.ts";
import { resolveLatest, resolveVersion } from "../resolution/resolve.ts";
import type { DidSource } from "../resolution/source.ts";
import type { ChainReader } from "./chain-reader.ts";
import { readIdentity } from "./read-identity.ts";
import { httpRpc } from "./rpc/rpc.ts";
import { rpcReader } from "./rpc/rpc-reader.ts";
import { verifyNetwork } from "./verify-network.ts";

/** Maximum total milliseconds to wait, for one request, while the server answers with `Retry-After`. */
const MAX_RETRY_WAIT_MS = 10_000;

export interface ChainSourceOptions {
  readonly descriptor: NetworkDescriptor;
  /** The URL of the chain's JSON-RPC endpoint, or a reader of the caller's own. */
  readonly chain: string | ChainReader;
  /** The verifier's clock, in Unix seconds. */
  readonly now: () => number;
}

/**
 * Resolves DIDs directly from a chain. Each answer is checked against the head that the contract holds, so a log that the
 * chain's server lost is noticed. The server is trusted for the head itself. The first resolution checks that the chain is the
 * one of the descriptor. From then on a resolution takes two requests, each a batch of JSON-RPC calls: three calls, and one
 * more for each block with a change.
 */
export function chainSource({ descriptor, chain, now }: ChainSourceOptions): DidSource {
  const reader =
    typeof chain === "string" ? rpcReader(httpRpc({ url: chain, maxRetryWait: MAX_RETRY_WAIT_MS })) : chain;
  const keyOf = keyCache();
  let verified = false;
  return {
    async resolve(did, { versionId, versionTime }) {
      if (!verified) await verifyNetwork(reader, descriptor);
      verified = true;
      const { asOf, events, state } = await readIdentity(reader, descriptor, did.address);
      const context = { did, chainId: descriptor.chainId, asOf, now: now(), keyOf };
      if (versionId === undefined && versionTime === undefined) return resolveLatest(context, state);
      return await resolveVersion(context, events, {
        ...(versionId !== undefined && { versionId }),
        ...(versionTime !== undefined && { versionTime }),
      });
    },
  };
}
