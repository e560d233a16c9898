import { httpRpc } from "../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import { type FailoverReader, failover } from "../chain/servers/failover.ts";
import { serverLog } from "../chain/servers/server-log.ts";
import type { NodeContext } from "./context.ts";

/**
 * Creates the readers of the chain. Each call of the result returns a reader with its own circuit breakers, so that a
 * failure for an auditor does not exclude a server from following.
 */
export function createChain({
  config,
  readers,
  clock,
  random,
  pauses,
  observer,
  logger,
}: NodeContext): () => FailoverReader {
  const { network, rpcAgreement: agreement, secrets } = config;
  const servers = readers ?? secrets.rpcUrls.map((url) => rpcReader(httpRpc({ url })));
  const log = serverLog(logger, clock.monotonic);
  return () =>
    failover({
      readers: servers,
      agreement,
      verify: (server) => verifyNetwork(server, network),
      now: clock.monotonic,
      time: clock.now,
      random,
      pauses,
      onFailure(failure) {
        observer.rpcFailed(failure);
        log.failure(failure);
      },
      onCaughtUp: log.caughtUp,
    });
}
