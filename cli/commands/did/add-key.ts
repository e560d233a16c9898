import { confirmHealing } from "../../did/healing.ts";
import { parsePurpose, readKey, setKey } from "../../did/key-input.ts";
import { type AddCommand, callOf, collect } from "../../terminal/call.ts";
import { named } from "../../terminal/named.ts";
import { existing, openDid, submit } from "../../transaction/did-call.ts";
import { DEFAULT_VALIDITY, parseDuration } from "../../values/duration.ts";

interface Options {
  readonly purpose: string[];
  readonly jwk: string;
  readonly validFor: string;
  readonly yes?: true;
}

/** `mapae did add-key` */
export const addDidAddKey: AddCommand = (parent, terminal) => {
  parent
    .command("add-key <did>")
    .description("publish a public key, or change how long it holds")
    .requiredOption("--purpose <purpose>", "assertion, authentication or keyAgreement; may be repeated", collect)
    .requiredOption("--jwk <file or JSON>", "public JWK of P-256, secp256k1, Ed25519, X25519 or ML-DSA")
    .option("--valid-for <duration>", "how long it holds, such as 365d or 12h", DEFAULT_VALIDITY)
    .option("--yes", "don't ask before a key that was revoked counts again for every date")
    .addHelpText(
      "after",
      `
To rotate a key, add the new one and let the old one's validity run out; add the old one again with a shorter --valid-for
to bring that forward. Revoking is for theft: everything that the key signed becomes invalid.

Example:
  $ mapae did add-key did:mapae:local:0x… --purpose assertion --jwk signing-2027.jwk.json --valid-for 400d`,
    )
    .action(async (did: string, { purpose, jwk, validFor, yes }: Options, command) => {
      const call = callOf(terminal, command);
      const purposes = named("--purpose", () => purpose.map(parsePurpose));
      const validity = named("--valid-for", () => parseDuration(validFor));
      const key = await named("--jwk", () => readKey(jwk));
      const changes = named("--purpose", () => purposes.map((one) => setKey(key, one, validity)));
      const opened = await openDid(call, did);
      existing(opened);
      await confirmHealing(call, { events: opened.events, changes, yes: yes === true });
      await submit(call, { ...opened, changes });
    });
};
