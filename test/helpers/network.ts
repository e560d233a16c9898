import { keccak256 } from "ethers";
import { type Rpc, RpcError } from "../../resolver/chain/rpc/rpc.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { Deployment } from "./contracts.ts";
import type { Registries } from "./registries.ts";

/** JSON-RPC of a chain in this process, for the library: an error of the chain becomes an `RpcError`. */
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

/** The descriptor of the network `local` for a deployment of the DID registry; the other contracts are deployed here. */
export async function describeNetwork({ ethers, forwarder, address }: Deployment): Promise<NetworkDescriptor> {
  const [deployer] = await ethers.getSigners();
  const council = deployer?.address;
  const deploy = async (name: string, args: unknown[]) => (await ethers.deployContract(name, args)).getAddress();
  const timelock = await deploy("TimelockController", [0, [council], [council], council]);
  const trust = await deploy("TrustRegistry", [await forwarder.getAddress(), address, timelock, council]);
  const status = await deploy("StatusRegistry", [await forwarder.getAddress(), address, trust]);
  const at = await forwarder.getAddress();
  return describe(ethers, { forwarder: at, timelock, recovery: timelock, seat: timelock, did: address, trust, status });
}

/** The descriptor for a deployment of all registries, in which one account stands for the timelocks and the council's seat. */
export function describeRegistries({ ethers, ...contracts }: Registries): Promise<NetworkDescriptor> {
  const { forwarder, council, did, trust, status } = contracts;
  const at = (contract: { target: unknown }) => String(contract.target);
  const registries = { did: at(did), trust: at(trust), status: at(status) };
  const governance = { timelock: council.address, recovery: council.address, seat: council.address };
  return describe(ethers, { forwarder: at(forwarder), ...governance, ...registries });
}

/** The slots are those that `layout.test.ts` pins. */
async function describe(
  { provider }: Deployment["ethers"],
  addresses: Record<"forwarder" | "timelock" | "recovery" | "seat" | "did" | "trust" | "status", string>,
): Promise<NetworkDescriptor> {
  const contract = async (at: string) => ({
    address: at.toLowerCase() as Address,
    codeHash: keccak256(await provider.getCode(at)) as Hash,
  });
  const { chainId } = await provider.getNetwork();
  const genesis = await provider.getBlock(0);
  const [forwarder, timelock] = [await contract(addresses.forwarder), await contract(addresses.timelock)];
  const [recovery, seat] = [await contract(addresses.recovery), await contract(addresses.seat)];
  const did = await contract(addresses.did);
  const registries = { did, trust: await contract(addresses.trust), status: await contract(addresses.status) };
  const slots = { heads: 0, root: 1, identities: 2, acceptedGrants: 8 };
  return {
    version: 1,
    name: "local",
    chainId: Number(chainId),
    genesisHash: genesis?.hash as Hash,
    consensus: { kind: "none" },
    finality: { kind: "instant" },
    deployments: [{ fromBlock: 1, forwarder, timelock, recovery, seat, registries, slots }],
    previous: null,
    signatures: [],
  };
}
