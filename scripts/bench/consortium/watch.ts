import { setTimeout as delay } from "node:timers/promises";
import type { MinistryNode } from "../../rehearsal/ministry-node.ts";
import type { Rehearsal } from "../../rehearsal/rehearsal.ts";

/** Milliseconds between two requests to one server, which is the accuracy of the times of a watch. */
const EVERY_MS = 15;

/** The times at which blocks were first seen, in milliseconds of `performance.now()`. */
export interface Watch {
  /** When the first validator had a block. */
  minedAt(block: number): number;
  /** When the last node answered as of a block. */
  servedAt(block: number): number;
  /** Number of the newest block of any validator. */
  readonly head: number;
  /** Waits until a newer block was mined; returns its number. */
  after(block: number): Promise<number>;
  /** Waits until every node answered as of a block. */
  untilServed(block: number): Promise<void>;
  close(): Promise<void>;
}

/** Repeatedly asks every validator for its newest block, and every node for a document. */
export async function watchBlocks({ consortium, nodes }: Rehearsal, known: string): Promise<Watch> {
  const validators = consortium.members.map(({ validator }) =>
    firstSeen(() => validator.rpc<string>("eth_blockNumber")),
  );
  const answers = nodes.map((node) => firstSeen(() => answeredAsOf(node, known)));
  const watch: Watch = {
    minedAt: (block) => Math.min(...validators.map((one) => one.at(block))),
    servedAt: (block) => Math.max(...answers.map((one) => one.at(block))),
    get head() {
      return Math.max(...validators.map((one) => one.head));
    },
    async after(block) {
      while (watch.head <= block) await delay(EVERY_MS);
      return watch.head;
    },
    async untilServed(block) {
      while (answers.some((one) => one.head < block)) await delay(EVERY_MS);
    },
    async close() {
      await Promise.all([...validators, ...answers].map((one) => one.close()));
    },
  };
  await watch.after(0);
  await watch.untilServed(1);
  return watch;
}

/** The block as of which a node answers; 0 while it has no answer. */
async function answeredAsOf(node: MinistryNode, did: string): Promise<number> {
  const { body } = await node.get<Resolved>(`/1.0/identifiers/${did}`);
  return body.didResolutionMetadata?.asOf?.block ?? 0;
}

interface Resolved {
  readonly didResolutionMetadata?: { readonly asOf?: { readonly block: number } };
}

/** Polls a server for block numbers, and records when each block was first seen. */
function firstSeen(ask: () => Promise<string | number>) {
  const times = new Map<number, number>();
  let head = 0;
  let isOpen = true;
  const asking = (async () => {
    while (isOpen) {
      const now = Number(await ask());
      const at = performance.now();
      // A skipped block counts as seen together with the next one.
      for (let block = head === 0 ? now : head + 1; block <= now; block++) times.set(block, at);
      head = Math.max(head, now);
      await delay(EVERY_MS);
    }
  })();
  return {
    at: (block: number) => times.get(block) ?? Number.POSITIVE_INFINITY,
    get head() {
      return head;
    },
    async close() {
      isOpen = false;
      await asking;
    },
  };
}
