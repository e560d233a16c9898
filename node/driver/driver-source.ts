import type { Logger } from "pino";
import { chainSource } from "../../resolver/chain/chain-source.ts";
import { httpRpc } from "../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import { ChainDataError, HistoryIncompleteError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { nodeSource } from "../../resolver/nodes/node-source.ts";
import type { DidSource } from "../../resolver/resolution/source.ts";
import { failover } from "../chain/servers/failover.ts";
import type { ResolutionSource } from "../http/resolution/resolution-source.ts";
import type { Clock } from "../runtime/clock.ts";
import type { DriverConfig } from "./config.ts";
import { guard } from "./guard.ts";

/**
 * The source of a driver's `did:mapae`: nodes if any are configured, otherwise the chain. Answers do not reveal the
 * addresses of nodes.
 * @throws ResolverOptionsError when the configured nodes or their agreement are invalid.
 */
export function driverSource(config: DriverConfig, clock: Clock, logger: Logger): ResolutionSource {
  const { network: descriptor, agreement, secrets } = config;
  const { nodeUrls: nodes, rpcUrls } = secrets;
  const source =
    nodes.length > 0
      ? nodeSource({ descriptor, nodes, agreement, now: clock.now })
      : checkedChain({ network: descriptor, rpcUrls, clock, logger });
  const ask = guard({ logger, of: nodes.length > 0 ? "nodes" : "chain" });
  return {
    async resolve(did, options) {
      const isNewest = options.versionId === undefined && options.versionTime === undefined;
      const { resolutionMetadata, ...resolution } = await ask(() => source.resolve(did, options), isNewest);
      const { nodes: _, ...shown } = resolutionMetadata;
      return { ...resolution, resolutionMetadata: shown };
    },
  };
}

interface Chain {
  readonly network: NetworkDescriptor;
  readonly rpcUrls: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A chain with several servers. A server whose logs do not fold to the head that it shows is not asked for a while. */
function checkedChain({ network, rpcUrls, clock, logger }: Chain): DidSource {
  const reader = failover({
    readers: rpcUrls.map((url) => rpcReader(httpRpc({ url }))),
    verify: (one) => verifyNetwork(one, network),
    now: clock.monotonic,
    time: clock.now,
    random: Math.random,
    // The reason is left out, because it may reveal what was asked.
    onFailure: ({ url, kind, pause }) => logger.debug({ url, kind, pause }, "a server of the chain failed"),
  });
  const source = chainSource({ descriptor: network, chain: reader, now: clock.now });
  return {
    async resolve(did, options) {
      for (let left = rpcUrls.length; ; left--) {
        try {
          return await source.resolve(did, options);
        } catch (error) {
          const isLie = error instanceof HistoryIncompleteError || error instanceof ChainDataError;
          if (!isLie || !reader.distrust(error) || left <= 1) throw error;
        }
      }
    },
  };
}
