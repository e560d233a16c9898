import { applyDidEvent, type DidState } from "../apply-event.ts";
import { type DidEvent, decodeDidLog } from "../decode-log.ts";
import { HistoryIncompleteError, UnavailableError } from "../errors.ts";
import { headSlot } from "../head.ts";
import { type Address, word, ZERO_HASH } from "../hex.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import type { AsOf } from "../resolve.ts";
import type { ChainReader, Log } from "./chain-reader.ts";

/** One identity as a chain holds it: every event, oldest first, and the state that they fold to. */
export interface IdentityOnChain {
  readonly asOf: AsOf;
  readonly events: readonly DidEvent[];
  readonly state: DidState | undefined;
}

/**
 * Reads an identity straight from a chain, as of its newest block. The events must fold to the head that the contract
 * holds at that block: a log that the chain's server dropped or forged is noticed, and so is the absence of all.
 *
 * @throws HistoryIncompleteError when they do not; ChainDataError or UnavailableError as the reader does.
 */
export async function readIdentity(
  reader: ChainReader,
  network: NetworkDescriptor,
  address: Address,
): Promise<IdentityOnChain> {
  const { registries, slots, fromBlock } = currentDeployment(network);
  const registry = registries.did.address;
  const subject = word(address);
  const newest = await reader.header("latest");
  if (newest === null) throw new UnavailableError("The chain has no newest block");

  const [logs, [head]] = await Promise.all([
    newest.number < fromBlock ? [] : reader.logs({ addresses: [registry], subject, fromBlock, toBlock: newest.number }),
    reader.storage([{ address: registry, slot: headSlot(subject, slots.heads) }], newest.hash),
  ]);
  const events = await withTimes(reader, logs);
  const state = events.reduce<DidState | undefined>(
    (before, event) => applyDidEvent(before, event, network.chainId),
    undefined,
  );
  if ((state?.head ?? ZERO_HASH) !== head) {
    throw new HistoryIncompleteError(
      `The ${events.length} events of ${address} fold to head ${state?.head ?? ZERO_HASH}, ` +
        `but the contract holds ${head} at block ${newest.number}: the chain's server lost or changed a log`,
    );
  }
  const depth = network.finality.kind === "depth" ? network.finality.blocks : 0;
  const { number, hash, time } = newest;
  return { asOf: { number, hash, time, finalizedBlock: Math.max(-1, number - depth) }, events, state };
}

/** Logs carry no time; heads do. */
async function withTimes(reader: ChainReader, logs: readonly Log[]): Promise<DidEvent[]> {
  const numbers = [...new Set(logs.map((log) => log.blockNumber))];
  const headers = new Map((await reader.headers(numbers)).map((header) => [header.number, header]));
  return logs.map((log) => {
    const header = headers.get(log.blockNumber);
    if (header?.hash !== log.blockHash) {
      throw new UnavailableError(`Block ${log.blockNumber} was replaced while it was read: ask again`);
    }
    return decodeDidLog(log, header.time);
  });
}
