import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ExampleConfig } from "../../../examples/mobile-id/shared/config.ts";
import { answerOf } from "../../cli/harness.ts";

interface Demo {
  readonly dids: readonly { readonly did: string }[];
  readonly grants: readonly { readonly name: string; readonly grantId: string }[];
}

/** The ministry withdraws a grant of the demo. @param more options of the command, such as `--from`. */
export async function withdraw(
  { network, chain, password }: ExampleConfig,
  name: string,
  ...more: string[]
): Promise<void> {
  const local = dirname(network);
  const { dids, grants } = JSON.parse(await readFile(join(local, "demo.json"), "utf8")) as Demo;
  const grant = grants.find((one) => one.name === name) ?? assert.fail(`there is no grant ${name}`);
  // The ministry's DID has another owner by now, whose keystore has the DID's name.
  const keystore = join(local, "keystores", `${dids[0]?.did.split(":").at(-1)}.json`);
  await answerOf(["trust", "withdraw", grant.grantId, ...more], {
    MAPAE_NETWORK: network,
    MAPAE_RPC_URLS: chain,
    MAPAE_KEYSTORE: keystore,
    MAPAE_KEYSTORE_PASSWORD_FILE: password,
  });
}
