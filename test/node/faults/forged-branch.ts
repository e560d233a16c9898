import { headerFields, headerHashes } from "../../../resolver/chain/block/header-hash.ts";
import type { Alter, Ask } from "./proxy.ts";

type Block = Record<string, unknown> & { readonly hash: string };

/** More blocks than a node undoes. */
const BLOCKS = 30;

/**
 * Shows another branch, whose headers hash as they should, from far below what a node undoes up to the newest block. All that
 * is asked by number, but for the newest block, is honest.
 */
export function forgedBranch(): Alter {
  const forged = new Map<unknown, Block>();
  return async ([method, params], _honest, ask) => {
    if (method === "eth_getBlockByHash") {
      const result = forged.get(params[0]);
      return result && { result };
    }
    if (method !== "eth_getBlockByNumber" || params[0] !== "latest") return undefined;
    const newest = Number((await block(ask, "latest"))?.number);
    let parentHash = `0x${"66".repeat(32)}`;
    for (let number = Math.max(0, newest - BLOCKS); number <= newest; number++) {
      const honest = await block(ask, `0x${number.toString(16)}`);
      // The chain itself went back meanwhile.
      if (honest === null) return undefined;
      const fake = forge({ ...honest, parentHash });
      forged.set(fake.hash, fake);
      parentHash = fake.hash;
    }
    return { result: forged.get(parentHash) };
  };
}

/** A block with the hash that its members have. */
export function forge(block: Record<string, unknown>): Block {
  const fields = headerFields(block);
  const [hash] = fields === undefined ? [] : headerHashes(fields);
  if (hash === undefined) throw new Error("the chain's block lacks a member of a header");
  return { ...block, hash };
}

async function block(ask: Ask, number: string): Promise<Record<string, unknown> | null> {
  const answer = await ask("eth_getBlockByNumber", [number, false]);
  if ("error" in answer) throw new Error(answer.error.message);
  return answer.result as Record<string, unknown> | null;
}
