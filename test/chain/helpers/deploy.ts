import { join } from "node:path";
import { Wallet } from "ethers";
import type { Artifacts } from "../../../cli/deploy/artifacts.ts";
import { deployNetwork } from "../../../cli/deploy/deploy-network.ts";
import { fileJournal } from "../../../cli/deploy/journal.ts";
import { governed } from "../../../cli/governance/propose.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { writeProvider } from "../../../cli/transaction/signer.ts";
import type { Operator } from "../../../node/issuing/operator.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/index.ts";
import { makeOperator } from "../../helpers/operators.ts";
import { callsOf, MINISTRY } from "./calls.ts";
import { CHAIN_ID } from "./genesis.ts";
import type { Geth } from "./geth.ts";
import { mined, type Signed, signFor } from "./transactions.ts";

/** The chain ignores lower gas prices; the accounts have funds. */
const FEES = { type: 0, gasPrice: 1n } as const;

export interface DeployOptions {
  readonly artifacts: Artifacts;
  /** Folder of the deployment's journal. */
  readonly folder: string;
  /** Number of blocks after which a block is final. */
  readonly depth: number;
  /** The operators that attest blocks, and the threshold; by default one operator that never attests. */
  readonly operators?: { readonly all: readonly Operator[]; readonly threshold: number };
}

/**
 * Deploys a network on a sealing chain in the way of the operator's command, and writes a credential type, a trust root that
 * the ministry accepts, the ministry's status list, and its DID.
 */
export async function deploy(geth: Geth, { artifacts, folder, depth, operators }: DeployOptions) {
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
      consensus: consensusOf(operators ?? { all: [makeOperator("operator")], threshold: 1 }),
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

function consensusOf({ all, threshold }: NonNullable<DeployOptions["operators"]>): NetworkDescriptor["consensus"] {
  const operators = all.map(({ name, signer }) => ({ name, key: { ...signer.jwk } }));
  return { kind: "attested", threshold, operators };
}
