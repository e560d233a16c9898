import { currentDeployment, formatDid } from "../../../resolver/index.ts";
import { encodeChanges } from "../../did/change.ts";
import { parseKey, setKey } from "../../did/key-input.ts";
import { send } from "../../transaction/send.ts";
import { parseDuration } from "../../values/duration.ts";
import { developmentAccount } from "../accounts.ts";
import { typeUriOf } from "./demo.ts";
import type { DemoSigner } from "./make-signers.ts";
import type { Seeding } from "./seed.ts";

/** A DID that asks for credentials, as `.mapae/local/demo.json` describes it. */
export interface SeededVerifier {
  readonly name: string;
  readonly did: string;
  /** URI of the type of its purpose. */
  readonly purpose: string;
  /** The key file with which it signs requests. */
  readonly key: string;
  readonly ownerKey: string;
}

/** Writes the key of each of the demo's verifiers into its document. */
export async function seedVerifiers(
  { demo, network, provider, signal }: Seeding,
  signers: readonly DemoSigner[],
): Promise<SeededVerifier[]> {
  const registry = currentDeployment(network).registries.did.address;
  const seeded: SeededVerifier[] = [];
  for (const [at, { name, account, purpose }] of demo.verifiers.entries()) {
    signal.throwIfAborted();
    const made = signers[at];
    if (made === undefined) throw new Error(`The demo has no key for ${name}`);
    const { address: identity, privateKey: ownerKey } = developmentAccount(account);
    const key = setKey(parseKey(made.signer.jwk), "authentication", parseDuration("365d"));
    const signer = await provider.getSigner(identity);
    await send({ signer, to: registry, data: encodeChanges(identity, [key]), fees: {} });
    seeded.push({
      name,
      did: formatDid(network.name, identity),
      purpose: typeUriOf(demo, purpose),
      key: made.file,
      ownerKey,
    });
  }
  return seeded;
}
