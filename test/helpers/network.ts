import { keccak256 } from "ethers";
import { artifacts } from "hardhat";
import { type Rpc, RpcError } from "../../resolver/chain/rpc.ts";
import type { Address, Hash } from "../../resolver/hex.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Deployment } from "./contracts.ts";

/** JSON-RPC of a chain in this process, as the library takes it: a chain's own error is an `RpcError`. */
export function inProcessRpc({ ethers }: Pick<Deployment, "ethers">): Rpc {
  return (calls) =>
    Promise.all(
      calls.map(async ([method, params]) => {
        try {
          return (await ethers.provider.send(method, [...params])) as unknown;
        } catch (cause) {
          const { code = 0 } = cause as { code?: number };
          throw new RpcError(method, { code, message: String(cause) });
        }
      }),
    );
}

/** What a network has beside the DID registry, for tests of that one: their code is there, nobody calls it. */
const OTHERS = {
  TimelockController: `0x${"c0".repeat(20)}`,
  TrustRegistry: `0x${"a0".repeat(20)}`,
  StatusRegistry: `0x${"b0".repeat(20)}`,
} as const;

/** The descriptor of the network `local` that a deployment makes. Slots are as `layout.test.ts` pins them. */
export async function describeNetwork({ ethers, forwarder, address }: Deployment): Promise<NetworkDescriptor> {
  for (const [name, at] of Object.entries(OTHERS)) {
    const { deployedBytecode } = await artifacts.readArtifact(name);
    await ethers.provider.send("hardhat_setCode", [at, deployedBytecode]);
  }
  const contract = async (at: string) => ({
    address: at.toLowerCase() as Address,
    codeHash: keccak256(await ethers.provider.getCode(at)) as Hash,
  });
  const { chainId } = await ethers.provider.getNetwork();
  const genesis = await ethers.provider.getBlock(0);
  return {
    version: 1,
    name: "local",
    chainId: Number(chainId),
    genesisHash: genesis?.hash as Hash,
    consensus: { kind: "none" },
    finality: { kind: "instant" },
    deployments: [
      {
        fromBlock: 1,
        forwarder: await contract(await forwarder.getAddress()),
        timelock: await contract(OTHERS.TimelockController),
        registries: {
          did: await contract(address),
          trust: await contract(OTHERS.TrustRegistry),
          status: await contract(OTHERS.StatusRegistry),
        },
        slots: { heads: 0, root: 1, identities: 2 },
      },
    ],
    previous: null,
    signatures: [],
  };
}
