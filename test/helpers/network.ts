import { keccak256, ZeroAddress } from "ethers";
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
 * Deploys what a network has beside the DID registry, and describes it as the network `local`. Slots are as
 * `layout.test.ts` pins them.
 */
export async function describeNetwork({ ethers, forwarder, address, alice }: Deployment): Promise<NetworkDescriptor> {
  const timelock = await ethers.deployContract("TimelockController", [0, [alice], [ZeroAddress], alice]);
  const governed = [timelock.target, alice.address];
  const trust = await ethers.deployContract("TrustRegistry", [forwarder.target, address, ...governed]);
  const status = await ethers.deployContract("StatusRegistry", [forwarder.target, address, trust.target]);
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
        timelock: await contract(String(timelock.target)),
        registries: {
          did: await contract(address),
          trust: await contract(String(trust.target)),
          status: await contract(String(status.target)),
        },
        slots: { heads: 0, root: 1, identities: 2 },
      },
    ],
    previous: null,
    signatures: [],
  };
}
