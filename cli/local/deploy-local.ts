import { httpRpc, type NetworkDescriptor, type PublicJwk, rpcReader } from "../../resolver/index.ts";
import { deployNetwork } from "../deploy/deploy-network.ts";
import { fileJournal } from "../deploy/journal.ts";
import { writeJson } from "../files/files.ts";
import type { writeProvider } from "../transaction/signer.ts";
import { developmentAccount } from "./accounts.ts";

export interface LocalDeployment {
  readonly chainUrl: string;
  /** The descriptor to write. */
  readonly file: string;
  /** The operator that attests the chain's blocks. */
  readonly operator: { readonly name: string; readonly jwk: PublicJwk };
  readonly provider: ReturnType<typeof writeProvider>;
}

/** Deploys the network `local` and writes its descriptor. The first development account pays, and governs without delay. */
export async function deployLocal({ chainUrl, file, operator, provider }: LocalDeployment): Promise<NetworkDescriptor> {
  const journal = fileJournal(`${file}.journal`);
  const deployer = developmentAccount(0).address;
  const network = await deployNetwork({
    signer: await provider.getSigner(deployer),
    governance: { council: deployer, guardian: deployer, delay: 0 },
    reader: rpcReader(httpRpc({ url: chainUrl })),
    label: "local",
    consensus: { kind: "attested", threshold: 1, operators: [{ name: operator.name, key: { ...operator.jwk } }] },
    finality: { kind: "instant" },
    journal,
    fees: {},
  });
  await writeJson(file, network);
  await journal.remove();
  return network;
}
