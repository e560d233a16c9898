import { join } from "node:path";
import { Wallet } from "ethers";
import { exportJWK, generateKeyPair } from "jose";
import type { Artifacts } from "../../../cli/deploy/artifacts.ts";
import { deployNetwork } from "../../../cli/deploy/deploy-network.ts";
import { fileJournal } from "../../../cli/deploy/journal.ts";
import { governed } from "../../../cli/governance/propose.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { writeProvider } from "../../../cli/transaction/signer.ts";
import { currentDeployment } from "../../../resolver/index.ts";
import { callsOf, MINISTRY } from "./calls.ts";
import { CHAIN_ID } from "./genesis.ts";
import type { Geth } from "./geth.ts";
import { mined, type Signed, signFor } from "./transactions.ts";

/** What this chain takes: a lower price is ignored, and funds are there. */
const FEES = { type: 0, gasPrice: 1n } as const;

export interface DeployOptions {
  readonly artifacts: Artifacts;
  /** For the journal. */
  readonly folder: string;
  /** After how many blocks one is final. */
  readonly depth: number;
}

/**
 * Deploys a network on a chain that seals, as an operator's command does, and begins its history: a credential type, a
 * trust root that the ministry accepted, its status list, and its DID.
 */
export async function deploy(geth: Geth, { artifacts, folder, depth }: DeployOptions) {
  const provider = writeProvider(geth.url, CHAIN_ID);
  try {
    const deployer = new Wallet(developmentAccount(0).privateKey, provider);
    const { address } = developmentAccount(0);
    const network = await deployNetwork({
      signer: deployer,
      governance: { council: address, guardian: address, delay: 0 },
      reader: geth.reader,
      artifacts,
      label: "clique",
      consensus: { kind: "attested", threshold: 1, operators: [{ name: "operator", key: await publicKey() }] },
      finality: { kind: "depth", blocks: depth },
      journal: fileJournal(join(folder, "journal.json")),
      fees: FEES,
    });
    const time = (await geth.reader.header("latest"))?.time ?? 0;
    const calls = callsOf(network, time);
    const deployment = currentDeployment(network);
    for (const { to: target, data } of [calls.addType(), calls.grantRoot()]) {
      await governed({ signer: deployer, deployment, target, data, fees: FEES });
    }
    const sign = signFor(geth);
    const service = calls.setService(MINISTRY, "https://ministry.example");
    const first: Signed[] = [];
    for (const call of [calls.acceptRoot(), calls.createList(), service]) first.push(await sign(MINISTRY, call));
    await mined(geth, ...first);
    return { network, calls };
  } finally {
    provider.destroy();
  }
}

async function publicKey(): Promise<Record<string, unknown>> {
  const { publicKey: key } = await generateKeyPair("ES256");
  return { ...(await exportJWK(key)) };
}
