import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { readCredential } from "../../../resolver/credential/read-credential.ts";
import { nestedDisclosures } from "../../helpers/nested-disclosures.ts";

const ISSUER = `did:mapae:local:0x${"12".repeat(20)}`;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const read = (claims: object, disclosures: readonly string[]) => {
  const header = part({ alg: "ES256", typ: "dc+sd-jwt", kid: `${ISSUER}#k` });
  const payload = part({ iss: ISSUER, iat: 1_700_000_000, vct: "https://types.example/0", ...claims });
  return readCredential(`${header}.${payload}.c2ln~${disclosures.map((one) => `${one}~`).join("")}`);
};

test("claims are nested at most 64 deep, those of disclosures within disclosures included", () => {
  const nested = (count: number, depth: number) => {
    const { texts, outer } = nestedDisclosures(count, depth);
    return () => read(outer, texts);
  };
  nested(1, 60)();
  nested(2, 30)();
  for (const count of [2, 1_000]) assert.throws(nested(count, 60), { code: "CREDENTIAL_MALFORMED", message: /deep/ });
});

test("a credential has at most 1 000 disclosures, each of which is JSON in base64url without padding", () => {
  const texts = Array.from({ length: 1_001 }, (_, at) => part(["salt", `name${at}`, at]));
  const _sd = texts.map((text) => createHash("sha256").update(text).digest("base64url"));
  assert.equal(read({ _sd }, texts.slice(1)).claims.name1000, 1_000);
  assert.throws(() => read({ _sd }, texts), { code: "CREDENTIAL_MALFORMED", message: /more than 1000 disclosures/ });
  const good = part(["salt", "name", 1]);
  for (const bad of ["", "YQ", `${good}=`, `${good}==`, `+${good}`, ` ${good}`, part({}), part(["salt"])])
    assert.throws(() => read({}, [bad]), { code: "CREDENTIAL_MALFORMED" }, bad);
});
