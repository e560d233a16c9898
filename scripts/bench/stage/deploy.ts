import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonRpcSigner } from "ethers";
import { deployNetwork } from "../../../cli/deploy/deploy-network.ts";
import { fileJournal } from "../../../cli/deploy/journal.ts";
import type { Address, ChainReader, NetworkDescriptor } from "../../../resolver/index.ts";

/** Deploys a network with instant finality, and writes its descriptor to a file in a folder. */
export async function deployBenchNetwork(options: {
  readonly signer: JsonRpcSigner;
  readonly reader: ChainReader;
  readonly folder: string;
}): Promise<{ readonly descriptor: NetworkDescriptor; readonly file: string }> {
  const { signer, reader, folder } = options;
  const council = signer.address.toLowerCase() as Address;
  const descriptor = await deployNetwork({
    signer,
    governance: { council, guardian: council, delay: 0 },
    reader,
    label: "local",
    consensus: { kind: "none" },
    finality: { kind: "instant" },
    journal: fileJournal(join(folder, "journal.json")),
    fees: {},
  });
  const file = join(folder, "network.json");
  await writeFile(file, JSON.stringify(descriptor));
  return { descriptor, file };
}
