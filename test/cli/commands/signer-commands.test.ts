import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseKey } from "../../../cli/did/key-input.ts";
import { openSigners } from "../../../node/issuing/open-signers.ts";
import { operatorAmong } from "../../../node/issuing/operator.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { attestedBy } from "../../helpers/operators.ts";
import { answerOf, errorOf, mapae, temporaryFolder } from "../harness.ts";

const ISSUER = `did:mapae:local:0x${"a1".repeat(20)}`;

interface Described {
  readonly issuer: string;
  readonly keyId: string;
  readonly algorithm: string;
  readonly jwk: object;
}

test("a node signs with a key that the command line created, of which only the public half is ever printed", async (t) => {
  const folder = await temporaryFolder(t);
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, "correct horse battery\n", { mode: 0o600 });
  const env = { MAPAE_SIGNER_PASSWORD_FILE: passwordFile };
  for (const algorithm of ["ES256", "EdDSA", "ML-DSA-65"]) {
    const file = join(folder, `${algorithm}.jwe`);
    const made = await answerOf<Described>(["signer", "new", file, "--issuer", ISSUER, "--algorithm", algorithm], env);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await answerOf<Described>(["signer", "show", file], env), made);
    const [signer] = await openSigners({ files: [file], passwordFile });
    assert.deepEqual(
      [signer?.issuer, signer?.keyId, signer?.algorithm, signer?.jwk],
      [ISSUER, made.keyId, algorithm, made.jwk],
    );
    // The printed key can be published unchanged.
    assert.deepEqual(parseKey(made.jwk).jwk, made.jwk);
    const again = await mapae(["signer", "new", file, "--issuer", ISSUER, "--json"], env);
    assert.equal(errorOf(again).code, "ALREADY_EXISTS");
  }
});

test("a bad issuer, algorithm, password or key file is refused by name", async (t) => {
  const folder = await temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  await writeFile(at("password"), "correct horse battery", { mode: 0o600 });
  await writeFile(at("short"), "1234567", { mode: 0o600 });
  await writeFile(at("other"), "another password", { mode: 0o600 });
  const env = (name: string) => ({ MAPAE_SIGNER_PASSWORD_FILE: at(name) });
  const made = at("key.jwe");
  await answerOf(["signer", "new", made, "--issuer", ISSUER], env("password"));
  await writeFile(at("empty.jwe"), "", { mode: 0o600 });
  await writeFile(at("long.jwe"), "a".repeat(20_000), { mode: 0o600 });
  const cases: [args: string[], password: string, code: string][] = [
    [["new", at("a"), "--issuer", "did:web:example.org"], "password", "METHOD_NOT_SUPPORTED"],
    [["new", at("a"), "--issuer", ISSUER, "--algorithm", "RS256"], "password", "USAGE"],
    [["new", at("a"), "--issuer", ISSUER], "short", "INVALID_INPUT"],
    [["new", at("a"), "--issuer", ISSUER], "missing", "INVALID_INPUT"],
    [["new", at("a")], "password", "USAGE"],
    [["show", made], "other", "INVALID_INPUT"],
    [["show", at("empty.jwe")], "password", "INVALID_INPUT"],
    [["show", at("long.jwe")], "password", "INVALID_INPUT"],
    [["show", at("missing.jwe")], "password", "INVALID_INPUT"],
  ];
  for (const [args, password, code] of cases) {
    const outcome = await mapae(["signer", ...args, "--json"], env(password));
    assert.equal(errorOf(outcome).code, code, args.join(" "));
  }
  await assert.rejects(readFile(at("a")), { code: "ENOENT" });
  for (const [file, passwordFile, code] of [
    [made, at("other"), "KEY_FILE_PASSWORD"],
    [at("long.jwe"), at("password"), "KEY_FILE_MALFORMED"],
    [at("missing.jwe"), at("password"), "KEY_FILE_MALFORMED"],
    [made, at("missing"), "KEY_FILE_MALFORMED"],
  ] as const) {
    await assert.rejects(openSigners({ files: [file], passwordFile }), { code });
  }
  assert.deepEqual(await openSigners({ files: [], passwordFile: null }), []);
});

test("an operator's key is made for its name, and shown as the consensus file wants it", async (t) => {
  const folder = await temporaryFolder(t);
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, "correct horse battery", { mode: 0o600 });
  const env = { MAPAE_SIGNER_PASSWORD_FILE: passwordFile };
  const file = join(folder, "operator.jwe");
  const made = await answerOf<{ operator: { name: string; key: object } }>(
    ["signer", "new", file, "--operator", "행정안전부"],
    env,
  );
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(await answerOf(["signer", "show", file], env), made);
  const network = attestedBy(new ChainSimulator().network(), [], 1);
  assert(network.consensus.kind === "attested");
  const signers = await openSigners({ files: [file], passwordFile });
  const consensus = { ...network.consensus, operators: [{ ...made.operator, key: { ...made.operator.key } }] };
  assert.equal(operatorAmong(signers, { ...network, consensus })?.name, "행정안전부");
  for (const [code, ...args] of [
    ["USAGE"],
    ["INVALID_INPUT", "--operator", ""],
    ["INVALID_INPUT", "--operator", "a\nb"],
    ["USAGE", "--operator", "a", "--issuer", ISSUER],
  ]) {
    const outcome = await mapae(["signer", "new", join(folder, "b"), ...args, "--json"], env);
    assert.equal(errorOf(outcome).code, code, args.join(" "));
  }
});
