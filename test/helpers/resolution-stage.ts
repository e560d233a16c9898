import { publicJwk, thumbprint } from "../../resolver/did/key.ts";
import type { Address } from "../../resolver/primitives/hex.ts";
import { toBytes } from "../../resolver/primitives/hex.ts";
import { ALICE, BOB, deactivation, didOf, FOREVER, key, NOBODY, START } from "../node/http/harness.ts";
import type { Change, Writer } from "../node/http/writer.ts";
import { type Algorithm, name32, publicKey, textValue } from "./keys.ts";

function attribute(identity: Address, name: string, text: string): Change {
  return { identity, type: "attribute", name: name32(name), value: textValue(text), validTo: FOREVER };
}

/** Writes the DIDs for the rows of `test/vectors/did-resolution.md`. */
export function writeStage(writer: Writer): void {
  const agreement = publicKey("X25519", 2);
  writer.block(START - 400, key(ALICE, 1));
  writer.block(START - 300, key(BOB, 1));
  writer.block(
    START - 100,
    { identity: ALICE, type: "attribute", name: name32("did/pub/X25519/enc"), value: agreement, validTo: FOREVER },
    attribute(ALICE, "did/svc/Hub/hub", "https://hub.example/a/b?q=1"),
    attribute(ALICE, "did/svc/Files/files", '["https://files.example/1",{"uri":"https://files.example/2"}]'),
    attribute(ALICE, "did/svc/Files/box", '{"uri":"https://box.example"}'),
  );
  writer.block(START, deactivation(BOB));
}

const fragmentOf = (algorithm: Algorithm, secret: number) => {
  const jwk = publicJwk(algorithm, toBytes(publicKey(algorithm, secret)));
  return jwk === undefined ? "" : thumbprint(jwk);
};

const NAMES: Readonly<Record<string, string>> = {
  alice: didOf(ALICE),
  bob: didOf(BOB),
  nobody: didOf(NOBODY),
  key: fragmentOf("Ed25519", 1),
  agreement: fragmentOf("X25519", 2),
};

/** A text of a row with the names in braces replaced by their values. */
export function named(text: string): string {
  return text.replace(/\{([a-z]+)\}/g, (whole, name: string) => NAMES[name] ?? whole);
}
