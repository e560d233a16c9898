import { keystoreFile } from "../../../cli/local/demo/make-keystores.ts";
import { passwordFile } from "../../../cli/local/demo/make-signers.ts";
import type { LocalNetwork } from "../../../cli/local/local-network.ts";
import { answerOf } from "../../cli/harness.ts";

/** Runs `mapae` with the key of a DID's owner. */
export async function writeAs({ files, chainUrl }: LocalNetwork, did: string, words: readonly string[]): Promise<void> {
  await answerOf(words, {
    MAPAE_NETWORK: files.network,
    MAPAE_RPC_URLS: chainUrl,
    MAPAE_KEYSTORE: keystoreFile(files.keystores, did),
    MAPAE_KEYSTORE_PASSWORD_FILE: passwordFile(files.signers),
  });
}
