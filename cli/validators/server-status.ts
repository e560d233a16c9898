import { newestAgain } from "../../resolver/chain/rpc/newest-again.ts";
import { type Address, httpRpc, UnavailableError } from "../../resolver/index.ts";
import { type Hex, toBytes } from "../../resolver/primitives/hex.ts";
import { decodeRlp } from "../../resolver/primitives/rlp.ts";

/** Milliseconds for one server's answer. */
const TIMEOUT_MS = 5_000;

/** Number of newest blocks of which every validator should have sealed one, because they take turns. */
export const TURNS = 64;

/** The activity of a validator in the newest {@link TURNS} blocks. */
export interface Activity {
  readonly validator: Address;
  /** Blocks that it proposed (QBFT) or sealed (Clique). */
  readonly blocks: number;
}

/** The chain of one server at a moment. */
export interface ServerStatus {
  readonly head: number;
  /** Unix time of the newest block, in seconds. */
  readonly time: number;
  /** `null` where the server does not provide it. */
  readonly peers: number | null;
  /** QBFT: the round in which the validators agreed on the newest block, 0 for the first; `null` on another engine. */
  readonly round: number | null;
  /** `null` where the server does not provide it. */
  readonly activity: readonly Activity[] | null;
}

interface Block {
  readonly number: Hex;
  readonly timestamp: Hex;
  readonly extraData: Hex;
}

/**
 * Looks at a validator by JSON-RPC, with Besu's API `QBFT` or geth's API `clique`.
 * @throws UnavailableError when it does not answer, or has no newest block.
 */
export async function readServerStatus(url: string): Promise<ServerStatus> {
  const rpc = newestAgain(httpRpc({ url, timeout: TIMEOUT_MS }));
  const [block] = (await rpc([["eth_getBlockByNumber", ["latest", false]]])) as [Block | null];
  if (block === null) throw new UnavailableError("it knows no newest block now");
  const head = Number(block.number);
  const round = roundOf(toBytes(block.extraData));
  const [peers, activity] = await Promise.all([
    answerOf<Hex>(url, "net_peerCount", []),
    round === null ? cliqueActivity(url) : qbftActivity(url, head),
  ]);
  return { head, time: Number(block.timestamp), peers: peers === null ? null : Number(peers), round, activity };
}

/** The round of a QBFT block's `extraData`: RLP of [vanity, validators, vote, round, seals]. */
function roundOf(extraData: Uint8Array): number | null {
  try {
    const parts = decodeRlp(extraData);
    const round = parts instanceof Uint8Array || parts.length !== 5 ? undefined : parts[3];
    return round instanceof Uint8Array ? round.reduce((number, byte) => number * 256 + byte, 0) : null;
  } catch {
    return null; // Clique's is no RLP.
  }
}

async function qbftActivity(url: string, head: number): Promise<readonly Activity[] | null> {
  const range = [Math.max(0, head - TURNS + 1), head].map((number) => `0x${number.toString(16)}`);
  const metrics = await answerOf<{ address: Address; proposedBlockCount: Hex }[]>(url, "qbft_getSignerMetrics", range);
  return (
    metrics?.map(({ address, proposedBlockCount: count }) => ({ validator: address, blocks: Number(count) })) ?? null
  );
}

async function cliqueActivity(url: string): Promise<readonly Activity[] | null> {
  const status = await answerOf<{ sealerActivity: Record<Address, number> }>(url, "clique_status", []);
  if (status === null) return null;
  return Object.entries(status.sealerActivity).map(([validator, blocks]) => ({
    validator: validator as Address,
    blocks,
  }));
}

/** `null` where a server does not have the method, or does not allow it. */
async function answerOf<T>(url: string, method: string, params: readonly unknown[]): Promise<T | null> {
  const [answer] = await httpRpc({ url, timeout: TIMEOUT_MS })([[method, params]]).catch(() => [null]);
  return answer as T | null;
}
