import {
  Contract,
  getCreate2Address,
  keccak256,
  type Provider,
  type Signer,
  solidityPackedKeccak256,
  ZeroAddress,
} from "ethers";
import { type Address, type ChainReader, type Hex, UnavailableError } from "../../resolver/index.ts";
import { word } from "../../resolver/primitives/hex.ts";
import { isCodeOf } from "../deploy/artifacts.ts";
import { codeAt, deployContract } from "../deploy/deploy-contract.ts";
import { type Journal, type JournalFields, openJournal } from "../deploy/journal.ts";
import { CliError } from "../terminal/errors.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { providerOf } from "../transaction/provider.ts";
import { transact } from "../transaction/send.ts";
import type { Bodies, Body } from "./bodies.ts";
import { readSafe } from "./safe-account.ts";
import { SAFE, safeContracts } from "./safe-contracts.ts";

/** The progress of founding two bodies. */
export interface FoundingJournal extends JournalFields {
  readonly bodies: Readonly<Record<"council" | "guardian", Body>>;
}

export interface FoundingOptions {
  /** Pays, and is a member of neither body. Its provider must not cache, because nonces are requested one after the other. */
  readonly signer: Signer;
  readonly reader: ChainReader;
  readonly bodies: Bodies;
  readonly journal: Journal<FoundingJournal>;
  readonly fees: FeeFields;
  readonly onStep: (text: string) => void;
}

/** The salt nonce of each body's Safe. */
const NONCES = { council: 0n, guardian: 1n } as const;

/**
 * Creates a Safe for each of two bodies, and the contracts that Safes need. It continues an interrupted attempt.
 *
 * @throws CliError `INVALID_INPUT` when the account that pays is a member; what deploying and sending throw.
 */
export async function foundBodies(options: FoundingOptions): Promise<{ council: Address; guardian: Address }> {
  const { signer, reader, bodies, journal, fees, onStep } = options;
  const provider = providerOf(signer);
  const deployer = (await signer.getAddress()).toLowerCase() as Address;
  const genesis = await reader.header(0);
  if (genesis === null) throw new UnavailableError("The chain has no block 0 now");
  const { council, guardian } = bodies;
  for (const [name, { owners }] of Object.entries({ council, guardian })) {
    if (!owners.includes(deployer)) continue;
    throw new CliError(
      "INVALID_INPUT",
      `${deployer} pays and is a member of the ${name}: pay with another account, which keeps no power`,
    );
  }
  const ground = { chainId: await reader.chainId(), genesisHash: genesis.hash, deployer, steps: {} };
  const steps = await openJournal(journal, { ...ground, bodies: { council, guardian } });

  const { proxy, ...contracts } = safeContracts();
  const addresses = { singleton: "0x", factory: "0x", handler: "0x" } as Record<keyof typeof contracts, Address>;
  for (const [name, artifact] of Object.entries(contracts)) {
    const { address } = await deployContract({ signer, reader, artifact, args: [], fees, journal: steps, name });
    addresses[name as keyof typeof contracts] = address;
    onStep(`${artifact.contractName} is at ${address}`);
  }

  const safeOf = async (name: "council" | "guardian"): Promise<Address> => {
    const { owners, threshold } = bodies[name];
    const setup = SAFE.encodeFunctionData("setup", [
      ...[owners, threshold, ZeroAddress, "0x", addresses.handler, ZeroAddress, 0n, ZeroAddress],
    ]);
    const factory = new Contract(addresses.factory, contracts.factory.abi, signer);
    const salt = solidityPackedKeccak256(["bytes32", "uint256"], [keccak256(setup), NONCES[name]]);
    const creation = proxy.bytecode + word(addresses.singleton).slice(2);
    const safe = getCreate2Address(addresses.factory, salt, keccak256(creation)).toLowerCase() as Address;
    if ((await reader.code(safe)) === "0x") {
      const args = [addresses.singleton, setup, NONCES[name]];
      const call = factory.interface.encodeFunctionData("createProxyWithNonce", args) as Hex;
      await transact({ signer, to: addresses.factory, data: call, fees });
    }
    if (!isCodeOf(proxy, await codeAt(reader, safe))) {
      throw new CliError("CONFIGURATION", `The code at ${safe} is not that of a Safe: deploy with another account`);
    }
    await expectBody(provider, safe, bodies[name]);
    onStep(`The ${name} is at ${safe}: ${threshold} of ${owners.length} sign`);
    return safe;
  };
  return { council: await safeOf("council"), guardian: await safeOf("guardian") };
}

/** Compares the owners and the threshold in a Safe's contract with those of the body. */
async function expectBody(provider: Provider, safe: Address, { owners, threshold }: Body): Promise<void> {
  const found = await readSafe(provider, safe);
  const same = found.threshold === threshold && [...owners].sort().join() === [...found.owners].sort().join();
  if (same) return;
  throw new CliError(
    "CONFIGURATION",
    `The Safe ${safe} has ${found.threshold} of ${found.owners.join(", ")}, wanted ${threshold} of ${owners.join(", ")}`,
  );
}
