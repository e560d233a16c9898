import { type FailoverReader, failover } from "../../node/chain/servers/failover.ts";
import { loadConfig, type NodeConfig } from "../../node/config/config.ts";
import { systemClock } from "../../node/runtime/clock.ts";
import { httpRpc, rpcReader, verifyNetwork } from "../../resolver/index.ts";
import type { Call } from "../terminal/call.ts";
import { nodeEnvironment } from "../terminal/node-environment.ts";

/** The parts of a node's configuration that the operator's commands use: its data directory and its chain. */
export interface NodeFiles extends Pick<NodeConfig, "network"> {
  readonly directory: string;
  readonly reader: FailoverReader;
}

/** Reads a node's configuration from the environment and the options. */
export function nodeFiles({ terminal, options }: Call): NodeFiles {
  const { network, dataDir, rpcAgreement: agreement, secrets } = loadConfig(nodeEnvironment(terminal, options));
  const readers = secrets.rpcUrls.map((url) => rpcReader(httpRpc({ url })));
  const reader = failover({
    readers,
    agreement,
    verify: (one) => verifyNetwork(one, network),
    now: systemClock.monotonic,
    time: systemClock.now,
    random: Math.random,
  });
  return { network, directory: dataDir, reader };
}
