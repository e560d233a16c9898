import { keccak256 } from "ethers";
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

/**
 * The descriptor of the network `local` that a deployment of the DID registry makes, with the rest of a network deployed
 * beside it. Slots are as `layout.test.ts` pins them.
 */
export async function describeNetwork({ ethers, forwarder, address }: Deployment): Promise<NetworkDescriptor> {
  const [deployer] = await ethers.getSigners();
  const council = deployer?.address;
  const deploy = async (name: string, args: unknown[]) => (await ethers.deployContract(name, args)).getAddress();
  const timelock = await deploy("TimelockController", [0, [council], [council], council]);
  const trust = await deploy("TrustRegistry", [await forwarder.getAddress(), address, timelock, council]);
  const status = await deploy("StatusRegistry", [await forwarder.getAddress(), address, trust]);
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
        timelock: await contract(timelock),
        registries: {
          did: await contract(address),
          trust: await contract(trust),
          status: await contract(status),
        },
        slots: { heads: 0, root: 1, identities: 2 },
      },
    ],
    previous: null,
    signatures: [],
  };
}
