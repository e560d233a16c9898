import { getBytes, id, ZeroHash } from "ethers";
import type { Hash } from "../../../resolver/index.ts";
import type { Row } from "../measuring/row.ts";
import { accredit } from "../stage/accredit.ts";
import { type Account, type Contracts, call, openContracts } from "../stage/contracts.ts";
import { relayGas } from "./relay.ts";
import { statusGas } from "./status.ts";

/** Lower bound of gas for 4 096 fresh revocations: a transaction, 16 fresh slots, and 16 masks of calldata. */
const FLOOR_4096 = 21_000 + 16 * 22_100 + 16 * 32 * 16;
/** Recorded figures of EIP-5539 for 4 096 revocations, and for one. */
const EIP_5539_4096 = 105_192_885;
const EIP_5539_ONE = 25_744;

const TYPE = "https://types.example/official-id/v1";
/** A moment at which every grant is valid, in Unix seconds. */
const AT = 2_000_000_000;

/** Terms of all grants. */
const ANY = { mayAccredit: true, label: "" } as const;

/** Gas of the registries of accreditations and status lists, against a limit of ours where no peer exists. */
export async function registryGasRows(): Promise<Row[]> {
  const contracts = await openContracts();
  const { accounts, council, trust } = contracts;
  const [issuer, delegate, ...others] = accounts.slice(1);
  if (issuer === undefined || delegate === undefined) throw new Error("The chain has too few accounts");
  await call(trust, council, "addType", TYPE, TYPE, ZeroHash);
  const typeId = id(TYPE) as Hash;
  const root = await accredit(contracts, { ...ANY, typeId, to: issuer });
  const lists = await statusGas(contracts, { type: TYPE, issuer, delegate });
  const holds = await holdsGas(contracts, typeId, { holder: issuer, grant: root }, others.slice(0, 3));
  const { direct, relayed } = await relayGas(contracts, issuer);

  const row = (topic: string, size: string, peer: string, ours: number, theirs: number, goal: number): Row => ({
    ...{ topic, size, peer, ours, theirs, goal },
    unit: "gas",
  });
  const limit = "a limit of ours";
  const { contiguous, fresh, warm, scattered, known, byDelegate, checkpoint } = lists;
  return [
    row("gas: revoke 4 096", "contiguous, fresh words", "arithmetic floor", contiguous, FLOOR_4096, 1.18),
    row("gas: revoke 4 096", "contiguous, fresh words", "EIP-5539 (recorded)", contiguous, EIP_5539_4096, 1 / 200),
    row("gas: revoke 256", "random, fresh words", "EIP-5539 (recorded), each", fresh / 256, EIP_5539_ONE, 0.78),
    row("gas: revoke 256", "random, known words", "EIP-5539 (recorded), each", warm / 256, EIP_5539_ONE, 0.25),
    row("gas: revoke 512", "scattered, fresh words", limit, scattered, 13_000_000, 1),
    row("gas: revoke one", "known word, controller", limit, known, 55_000, 1),
    row("gas: revoke one", "known word, delegate", limit, byDelegate, 58_000, 1),
    row("gas: checkpoint", "131 072 entries", limit, checkpoint, 2_900_000, 1),
    row("gas: relayed change", "known nonce", "the same change, direct", relayed, direct, 1.7),
    row("gas: holds", "depth four, execution", limit, holds, 60_000, 1),
  ];
}

/** Gas of executing `holds` for the last account of a chain of accreditations. */
async function holdsGas(
  contracts: Contracts,
  typeId: Hash,
  root: { holder: Account; grant: Hash },
  others: readonly Account[],
): Promise<number> {
  const { ethers, trust } = contracts;
  let below = root;
  for (const to of others) below = { holder: to, grant: await accredit(contracts, { ...ANY, typeId, to, below }) };
  const data = trust.interface.encodeFunctionData("holds", [below.grant, AT]);
  const trace = await ethers.provider.send("debug_traceCall", [{ to: trust.target, data }, "latest", {}]);
  return Number(trace.gas) - getBytes(data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000);
}
