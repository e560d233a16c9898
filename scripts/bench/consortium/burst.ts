import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../rehearsal/until.ts";
import type { Validator } from "../../rehearsal/validator.ts";
import type { Kind } from "./kinds.ts";
import type { Sender } from "./senders.ts";
import type { Watch } from "./watch.ts";

/** Milliseconds between two checks of what is mined. */
const EVERY_MS = 50;
/** Number of newest blocks that validators may still replace. */
const REPLACED = 4;

/** The senders, the validator that is asked for receipts, and the watch of blocks. */
export interface Field {
  readonly senders: readonly Sender[];
  readonly validator: Validator;
  readonly watch: Watch;
}

export interface Burst {
  readonly count: number;
  /** Milliseconds from sending the first transaction until the last is mined. */
  readonly ms: number;
  /** For each transaction the milliseconds from mined to served by every node. */
  readonly lags: readonly number[];
}

/** Signs all transactions of a burst of one kind, then sends them, and waits until all nodes serve them. Each has to succeed. */
export async function burst({ senders, validator, watch }: Field, kind: Kind, round: number): Promise<Burst> {
  const each = kind.count / senders.length;
  const signed: string[][] = [];
  for (const sender of senders) {
    const nths = Array.from({ length: each }, (_, at) => round * each + at);
    signed.push(await Promise.all(nths.map((nth) => sender.sign(kind.call(sender.address, nth), kind.gas))));
  }
  // Every burst begins just after a block.
  const before = await watch.after(watch.head);
  const started = performance.now();
  const hashes = (await Promise.all(senders.map((sender, at) => sender.send(signed[at] ?? [])))).flat();
  await untilMined(validator, senders);
  const blocks = await blocksOf(validator, hashes, before);
  const last = Math.max(...blocks);
  await watch.untilServed(last);
  return {
    count: hashes.length,
    ms: watch.minedAt(last) - started,
    lags: blocks.map((block) => watch.servedAt(block) - watch.minedAt(block)),
  };
}

/** Waits until a validator has mined all transactions of the senders. */
export async function untilMined(validator: Validator, senders: readonly Sender[]): Promise<void> {
  const calls = senders.map(({ address }) => ["eth_getTransactionCount", [address, "latest"]] as const);
  await until("all is mined", async () => {
    await delay(EVERY_MS);
    const nonces = await validator.rpcs<string>(calls);
    return nonces.every((nonce, at) => Number(nonce) === senders[at]?.nonce);
  });
}

/**
 * The numbers of the blocks that contain the transactions. A transaction of a replaced block is found in the later one.
 *
 * @param before number of the newest block when they were sent.
 * @throws AssertionError if a transaction failed.
 */
export async function blocksOf(validator: Validator, hashes: readonly string[], before: number): Promise<number[]> {
  return until("every transaction is in a block", async () => {
    const blocks = new Map<string, number>();
    const head = Number(await validator.rpc("eth_blockNumber"));
    for (let number = before - REPLACED; number <= head; number++) {
      const receipts = await validator.rpc<Receipt[]>("eth_getBlockReceipts", `0x${number.toString(16)}`);
      for (const { transactionHash, status } of receipts) {
        assert.equal(status, "0x1", `${transactionHash} failed`);
        blocks.set(transactionHash, number);
      }
    }
    const found = hashes.map((hash) => blocks.get(hash) ?? 0);
    return !found.includes(0) && found;
  });
}

interface Receipt {
  readonly transactionHash: string;
  readonly status: string;
}
