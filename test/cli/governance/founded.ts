import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Contract, JsonRpcProvider, type Signer } from "ethers";
import { ARTIFACTS, type Artifacts } from "../../../cli/deploy/artifacts.ts";
import { deployNetwork } from "../../../cli/deploy/deploy-network.ts";
import { fileJournal } from "../../../cli/deploy/journal.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { councilSeatAbi, didRegistryAbi, timelockAbi, trustRegistryAbi } from "../../../resolver/abi.ts";
import { currentDeployment, httpRpc, type NetworkDescriptor, rpcReader } from "../../../resolver/index.ts";
import { mapae, startChain, temporaryFolder } from "../harness.ts";

export const [DEPLOYER, COUNCIL, GUARDIAN, ACCOMPLICE] = [0, 1, 2, 3].map(
  (account) => developmentAccount(account).address,
);
export const DELAY = 259_200;

/** Choices of a deployer besides the founding file. */
export interface Founding {
  /** In place of the deployer's. */
  readonly signer?: Signer;
  readonly artifacts?: Artifacts;
}

type Test = { after(end: () => unknown): unknown };

/** A chain, and networks that are founded on it. */
export async function foundingChain(all: Test) {
  const chain = await startChain();
  const provider = new JsonRpcProvider(chain.url, 31_337, { staticNetwork: true, cacheTimeout: -1 });
  provider.pollingInterval = 20;
  all.after(async () => {
    provider.destroy();
    await chain.stop();
  });

  /** Deploys a network and gives what asks for its roles, with the founding file. */
  const found = async (t: Parameters<typeof temporaryFolder>[0], given: Founding = {}) => {
    const folder = await temporaryFolder(t);
    const governance = { council: COUNCIL ?? assert.fail(), guardian: GUARDIAN ?? assert.fail(), delay: DELAY };
    const descriptor = await deployNetwork({
      signer: given.signer ?? (await provider.getSigner(DEPLOYER)),
      reader: rpcReader(httpRpc({ url: chain.url })),
      artifacts: given.artifacts ?? ARTIFACTS,
      governance,
      label: "gov",
      consensus: { kind: "qbft", validators: [governance.council] },
      finality: { kind: "instant" },
      journal: fileJournal(join(folder, "journal")),
      fees: {},
    });
    const [network, file] = [join(folder, "network.json"), join(folder, "council.json")];
    await writeFile(network, JSON.stringify(descriptor));
    const roles = async (changed: object = {}) => {
      await writeFile(file, JSON.stringify({ ...governance, ...changed }));
      const args = ["network", "roles", "--governance", file, "--json"];
      const { code, stdout, stderr } = await mapae(args, { MAPAE_RPC_URLS: chain.url, MAPAE_NETWORK: network });
      assert.notEqual(stdout, "", stderr);
      const { faults, operations } = JSON.parse(stdout) as Answer;
      assert.equal(code, faults.length === 0 ? 0 : 5);
      return { faults, operations };
    };
    return { roles, network, descriptor, ...contractsOf(descriptor, provider) };
  };

  const as = async (account: string | undefined, contract: Contract, name: string, ...args: unknown[]) => {
    const signer = await provider.getSigner(account);
    await (await (contract.connect(signer) as Contract).getFunction(name)(...args)).wait();
  };
  return { chain, provider, found, as };
}

interface Answer {
  faults: Record<string, unknown>[];
  operations: { operation: string; readyAt: number; predecessor: string | null }[];
}

/** The contracts of a network that governance tests call. */
export function contractsOf(descriptor: NetworkDescriptor, provider: JsonRpcProvider) {
  const { timelock, recovery, seat, registries } = currentDeployment(descriptor);
  return {
    recovery: new Contract(recovery.address, timelockAbi, provider),
    seat: new Contract(seat.address, councilSeatAbi, provider),
    timelock: new Contract(timelock.address, timelockAbi, provider),
    did: new Contract(registries.did.address, didRegistryAbi, provider),
    trust: new Contract(registries.trust.address, trustRegistryAbi, provider),
  };
}
