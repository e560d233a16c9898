import type { BaseContract } from "ethers";
import ethrDidRegistry from "ethr-did-registry";
import type { Row } from "../measuring/row.ts";
import { call, gasOf, openContracts } from "../stage/contracts.ts";

/**
 * Gas of indy-besu's `createDid` with a document of 1 000 bytes, by London rules. It was measured with that project's
 * contracts and is a constant here, because no package publishes them.
 */
const INDY_BESU_CREATE = 878_454;

const YEAR = 365 * 86_400;

/** Gas of whole transactions against the published contract of ERC-1056, on the same chain. */
export async function gasRows(): Promise<Row[]> {
  const { ethers, accounts, did: ours } = await openContracts();
  const [alice, bob] = accounts;
  if (alice === undefined || bob === undefined) throw new Error("The chain has too few accounts");
  const { abi, bytecode } = ethrDidRegistry.EthereumDIDRegistry;
  const theirs = await (await ethers.getContractFactory(abi, bytecode)).deploy();

  const name = ethers.encodeBytes32String("did/pub/P256/veriKey");
  const service = ethers.encodeBytes32String("did/svc/StatusLists/status");
  const keys = ["02", "03", "02"].map((sign, at) => `0x${sign}${String(at).repeat(64)}`);
  const endpoint = ethers.hexlify(ethers.toUtf8Bytes("https://issuer.example.go.kr/status-lists"));
  const set = (identity: string, [attribute, value]: readonly string[]) =>
    ours.interface.encodeFunctionData("setAttribute", [identity, attribute, value, YEAR]);
  const change = (registry: BaseContract, value = keys[0]) =>
    gasOf(registry.getFunction("setAttribute")(alice.address, name, value, YEAR));

  await change(ours);
  await change(theirs);
  const oneOfOurs = await change(ours);
  const oneOfTheirs = await change(theirs);
  let threeOfTheirs = 0;
  for (const key of keys) threeOfTheirs += await change(theirs, key);
  const calls = keys.map((key) => set(alice.address, [name, key]));
  const threeOfOurs = await gasOf(ours.getFunction("multicall")(calls));
  const document = [name, name].map((attribute, at) => set(bob.address, [attribute, keys[at] ?? ""]));
  document.push(set(bob.address, [service, endpoint]));
  const create = await call(ours, bob, "multicall", document);

  const peer = "ERC-1056 (ethr-did-registry)";
  return [
    {
      topic: "gas: change",
      size: "33 B, known identity",
      peer,
      ours: oneOfOurs,
      theirs: oneOfTheirs,
      unit: "gas",
      goal: 1.3,
    },
    {
      topic: "gas: three changes",
      size: "one multicall",
      peer: `${peer}, three transactions`,
      ours: threeOfOurs,
      theirs: threeOfTheirs,
      unit: "gas",
      goal: 0.8,
    },
    {
      topic: "gas: create",
      size: "two keys and a service",
      peer: "indy-besu createDid, 1 000 B (recorded)",
      ours: create,
      theirs: INDY_BESU_CREATE,
      unit: "gas",
      goal: 0.2,
    },
  ];
}
