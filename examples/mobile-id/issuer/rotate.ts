import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type ExampleConfig, ExampleConfigError } from "../shared/config.ts";
import type { Mapae } from "./mapae.ts";
import type { Configuration } from "./roll.ts";
import type { Signing } from "./signing.ts";
import { readBeginnings, type StandingOptions } from "./standing.ts";

/** How long nodes may take to serve a new key, in milliseconds. */
const SEEN_WITHIN_MS = 60_000;

/**
 * Creates a new key, publishes it, and signs cards with it as soon as nodes serve it. The previous key stays in the issuer's
 * document for the cards that it signed, and signs the status list until the node gets the new key too.
 *
 * @returns the DID URL of the new key.
 */
export async function rotateKey(
  config: ExampleConfig & StandingOptions,
  { configuration, mapae, signing }: { configuration: Configuration; mapae: Mapae; signing: Signing },
): Promise<string> {
  const issuer = config.issuers[configuration];
  if (issuer === undefined) throw new ExampleConfigError(`No issuer of ${configuration} is configured`);
  const file = join(config.data, "issuer", `${configuration}-${Date.now()}.jwe`);
  await mapae(["signer", "new", file, "--issuer", issuer.did]);
  const { jwk, keyId } = (await mapae(["signer", "show", file])) as { jwk: object; keyId: string };
  const publish = ["did", "add-key", issuer.did, "--purpose", "assertion", "--jwk", JSON.stringify(jwk)];
  await mapae([...publish, "--valid-for", "400d"], issuer.keystore);
  for (const until = Date.now() + SEEN_WITHIN_MS; ; await setTimeout(250)) {
    try {
      await readBeginnings(config, { keyId, type: issuer.type });
      break;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
  await signing.use(configuration, file);
  return keyId;
}
