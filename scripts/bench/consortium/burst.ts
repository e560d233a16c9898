import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../rehearsal/until.ts";
import type { Validator } from "../../rehearsal/validator.ts";
import type { Kind } from "./kinds.ts";
import type { Sender } from "./senders.ts";
import type { Watch } from "./watch.ts";

/** Milliseconds between two looks at what is mined. */
const EVERY_MS = 50;
/** Newest blocks that validators may replace by others with the same numbers. */
const REPLACED = 4;

/** Where senders' transactions go, and where it is seen what became of them. */
export interface Field {
  readonly senders: readonly Sender[];
  readonly validator: Validator;
  readonly watch: Watch;
}

export interface Burst {
  readonly count: number;
  /** From the first that is sent until the last is mined. */
  readonly ms: number;
  /** Of each transaction: from mined to served by every node. */
  readonly lags: readonly number[];
}

/** Signs and then sends so many transactions of a kind at once, and waits until all nodes serve them. Each of them has to succeed. */
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

/** Waits until a validator's newest block has all that senders sent. */
export async function untilMined(validator: Validator, senders: readonly Sender[]): Promise<void> {
  const calls = senders.map(({ address }) => ["eth_getTransactionCount", [address, "latest"]] as const);
  await until("all is mined", async () => {
    await delay(EVERY_MS);
    const nonces = await validator.rpcs<string>(calls);
    return nonces.every((nonce, at) => Number(nonce) === senders[at]?.nonce);
  });
}

/**
 * The blocks that transactions are in: those that stay, of validators that made several of one height.
 *
 * @param before the newest block when they were sent.
 * @throws AssertionError if one of them failed.
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
