import { isError } from "ethers";
import { type Address, type ChainReader, type Rpc, RpcFailure } from "../../resolver/index.ts";
import { SAFE, SENTINEL } from "../council/safe-contracts.ts";

/** What governs an account. */
export type AccountKind =
  | {
      readonly kind: "key";
      /**
       * The contract to which the key delegates its code (EIP-7702) and which it can change at any time; `null` when there is
       * none.
       */
      readonly delegation: Address | null;
    }
  | {
      readonly kind: "contract";
      /** The settings of a Safe; `null` for another contract. */
      readonly safe: SafeSettings | null;
    };

/** The settings of a Safe that decide who acts for it. */
export interface SafeSettings {
  readonly threshold: number;
  readonly owners: readonly Address[];
  /** Contracts that act for the Safe without a signature of its owners; at most {@link MAX_MODULES} are read. */
  readonly modules: readonly Address[];
}

/** Most owners of a Safe that are read. */
const MAX_OWNERS = 1_000;

/** Most modules of a Safe that are read. */
const MAX_MODULES = 10;

/** The code of an account with a key's delegation (EIP-7702, section "Set code transaction"). */
const DELEGATION = /^0xef0100([0-9a-f]{40})$/;

/**
 * Whether an account is governed by one private key or by a contract; for a Safe also its threshold and owners.
 *
 * @param rpc of the same chain as the reader.
 * @throws UnavailableError
 */
export async function kindOfAccount(reader: ChainReader, rpc: Rpc, account: Address): Promise<AccountKind> {
  const code = await reader.code(account);
  const delegation = DELEGATION.exec(code)?.[1];
  if (delegation !== undefined) return { kind: "key", delegation: `0x${delegation}` };
  if (code === "0x") return { kind: "key", delegation: null };
  return { kind: "contract", safe: await readSafe(rpc, account) };
}

async function readSafe(rpc: Rpc, account: Address): Promise<SafeSettings | null> {
  const ask = async (name: string, ...args: readonly unknown[]) => {
    const data = SAFE.encodeFunctionData(name, args);
    const [answer] = await rpc([["eth_call", [{ to: account, data }, "latest"]]]);
    return SAFE.decodeFunctionResult(name, String(answer))[0];
  };
  const lower = (some: readonly string[]) => some.map((one) => one.toLowerCase() as Address);
  try {
    const threshold: bigint = await ask("getThreshold");
    const owners = lower(await ask("getOwners"));
    const isSafe = owners.length <= MAX_OWNERS && threshold >= 1n && threshold <= BigInt(owners.length);
    if (!isSafe) return null;
    const modules = lower(await ask("getModulesPaginated", SENTINEL, MAX_MODULES));
    return { threshold: Number(threshold), owners, modules };
  } catch (error) {
    // A revert, or a result that ethers can't decode, means that the contract is no Safe.
    if (isRevert(error) || isError(error, "BAD_DATA")) return null;
    throw error;
  }
}

/**
 * Whether a contract ended a call with an error, in the messages of geth, Besu, Nethermind and Hardhat. Another JSON-RPC error,
 * such as a limit of the server's, says nothing about the contract.
 */
function isRevert(error: unknown): boolean {
  return error instanceof RpcFailure && error.kind === "rpc" && REVERTS.test(error.message);
}

const REVERTS = /revert|VM execution|opcode|invalid jump|out of gas|stack (?:under|over)flow/i;

/** An account as text. */
export function accountInWords(account: AccountKind): string {
  if (account.kind === "key") {
    const lets = account.delegation === null ? "" : ` that lets the code of ${account.delegation} act for it`;
    return `a plain key${lets}: if it is lost or stolen, so is the DID`;
  }
  if (account.safe === null) return "a contract";
  const { threshold, owners, modules } = account.safe;
  const alone = modules.length === 0 ? "" : `; modules act for it without them: ${modules.join(", ")}`;
  return `a Safe of ${threshold} of ${owners.length}: ${owners.join(", ")}${alone}`;
}
