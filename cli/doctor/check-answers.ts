import { HEADERS_AHEAD } from "../../node/chain/follow.ts";
import { registryAddresses, rootSlots } from "../../node/index/roots.ts";
import { MAX_RANGE } from "../../resolver/chain/all-logs.ts";
import {
  type ChainReader,
  currentDeployment,
  type Header,
  type NetworkDescriptor,
  RpcFailure,
} from "../../resolver/index.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

export interface AnswersCheck {
  readonly what: string;
  readonly reader: ChainReader;
  readonly newest: Header;
  readonly network: NetworkDescriptor;
  /** The largest batch that the server refused so far, in calls; `undefined` when it refused none. */
  readonly refusedBatch: () => number | undefined;
}

/**
 * Sends a chain's server the requests of a node: the logs of the first block and of a whole range, headers in one batch, the
 * newest block's logs and roots, and its receipts. Some servers refuse one of them, keep no old logs, or limit a batch or a
 * range.
 */
export async function checkAnswers({ what, reader, newest, network, refusedBatch }: AnswersCheck): Promise<Finding> {
  const { fromBlock } = currentDeployment(network);
  const addresses = registryAddresses(network);
  try {
    await reader.logs({ addresses, fromBlock, toBlock: fromBlock });
    const range = await takesRange(reader, {
      addresses,
      fromBlock,
      toBlock: Math.min(newest.number, fromBlock + MAX_RANGE - 1),
    });
    const first = Math.max(0, newest.number - HEADERS_AHEAD + 1);
    await reader.headers(Array.from({ length: newest.number - first + 1 }, (_, at) => first + at));
    await reader.logsAndStorage(addresses, rootSlots(network), newest.hash);
    const [checked] = await reader.checkedHeaders([newest.hash]);
    if (checked !== undefined) await reader.receiptLogs(checked);

    const batch = refusedBatch();
    const slow = [
      ...(batch === undefined ? [] : [`refuses a batch of ${batch} calls`]),
      ...(range === undefined ? [] : [`refuses the logs of ${range} blocks`]),
    ];
    if (slow.length > 0) {
      const advice =
        "a node asks for less at once, which takes it longer: raise the server's limits where they are yours";
      return warning(what, `the server ${slow.join(", and ")}; ${advice}`);
    }
    return ok(what, `logs from block ${fromBlock} on, logs, roots and receipts of block ${newest.number}, batches`);
  } catch (error) {
    return fault(what, error);
  }
}

/**
 * @returns a number of blocks whose logs the server refuses in one request; `undefined` when it accepts as many as a node asks
 * for.
 */
async function takesRange(
  reader: ChainReader,
  filter: Parameters<ChainReader["logs"]>[0] & { fromBlock: number; toBlock: number },
) {
  const blocks = filter.toBlock - filter.fromBlock + 1;
  if (blocks <= 1) return undefined;
  try {
    await reader.logs(filter);
    return undefined;
  } catch (error) {
    if (!(error instanceof RpcFailure) || error.kind === "refused") throw error;
    return blocks;
  }
}
