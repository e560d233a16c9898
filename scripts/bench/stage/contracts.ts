import type { BaseContract, ContractTransactionResponse, Signer, TransactionResponse } from "ethers";
import { network } from "hardhat";
import type { Address } from "../../../resolver/index.ts";

/** Deploys the contracts on a chain in this process, without governance contracts: the first account is the council. */
export async function openContracts() {
  const { ethers } = await network.create();
  const accounts = await ethers.getSigners();
  const [council] = accounts;
  if (council === undefined) throw new Error("The chain has no accounts");
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae"]);
  const did = await ethers.deployContract("DidRegistry", [forwarder.target]);
  const trust = await ethers.deployContract("TrustRegistry", [forwarder.target, did.target, council, council]);
  const status = await ethers.deployContract("StatusRegistry", [forwarder.target, did.target, trust.target]);
  return { ethers, accounts, council, forwarder, did, trust, status };
}

export type Contracts = Awaited<ReturnType<typeof openContracts>>;

/** An account of the chain. */
export type Account = Contracts["council"];

export function addressOf({ address }: Account): Address {
  return address.toLowerCase() as Address;
}

/** Calls a contract from an account; returns the gas of the transaction. */
export function call(contract: BaseContract, by: Signer, name: string, ...args: readonly unknown[]): Promise<number> {
  return gasOf((contract.connect(by) as BaseContract).getFunction(name)(...args));
}

/** The gas of a sent transaction, once it is mined. */
export async function gasOf(
  sent: Promise<Pick<ContractTransactionResponse, "wait"> | TransactionResponse>,
): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt === null) throw new Error("A transaction was not mined");
  return Number(receipt.gasUsed);
}
