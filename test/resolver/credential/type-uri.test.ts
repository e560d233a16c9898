import assert from "node:assert/strict";
import { test } from "node:test";
import { readCredential } from "../../../resolver/credential/read-credential.ts";
import { isTypeUri } from "../../../resolver/credential/type-uri.ts";
import ROWS from "../../vectors/credentials/type-uris.json" with { type: "json" };

// `mapae type add` is held to the same rows in test/cli/commands/trust-commands.test.ts.

const ISSUER = `did:mapae:local:0x${"12".repeat(20)}`;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const card = (vct: string) => {
  const header = { alg: "ES256", typ: "dc+sd-jwt", kid: `${ISSUER}#k` };
  return `${part(header)}.${part({ iss: ISSUER, iat: 1_700_000_000, vct })}.c2ln~`;
};

test("a credential is of a type that is a URI with a scheme in lower case, and of no other", () => {
  for (const { uri, right, why } of ROWS) {
    assert.equal(isTypeUri(uri), right, why);
    if (right) assert.equal(readCredential(card(uri)).type, uri, why);
    else assert.throws(() => readCredential(card(uri)), { code: "CREDENTIAL_UNSUPPORTED" }, why);
  }
  for (const [length, right] of [
    [256, true],
    [257, false],
  ] as const)
    assert.equal(isTypeUri("urn:".padEnd(length, "a")), right, String(length));
});
