import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { openSigners } from "../../node/issuing/open-signers.ts";
import { openLibrary } from "../../node/issuing/pkcs11/cryptoki.ts";
import { openModule } from "../../node/issuing/pkcs11/open-module.ts";
import { Token } from "../../node/issuing/pkcs11/token.ts";
import { isSignedBy } from "../../resolver/crypto/signature.ts";
import { verifyStatusCredential } from "../../resolver/status/signed/verify-credential.ts";
import { verifyStatusCwt, verifyStatusJwt } from "../../resolver/status/signed/verify-token.ts";
import { statusAt } from "../../resolver/status/status-list.ts";
import { answerOf, errorOf, mapae, temporaryFolder } from "../cli/harness.ts";
import { simulatedIdentity } from "../helpers/chain-simulator.ts";
import { DID, PATH, publish, startServedNode, status, URI } from "../node/lists/served-node.ts";
import { generate, LIBRARY, linkPackage, newToken, PIN, TOKEN } from "./softhsm.ts";

// This test has to be the first, because a loaded package stays loaded.
test("without the package the error says what to install", async () => {
  await assert.rejects(openLibrary(LIBRARY), { code: "PKCS11_PACKAGE", message: /npm install --no-save pkcs11js@\d/ });
});

const folder = await temporaryFolder({ after });
const OPTIONS = { module: LIBRARY, token: TOKEN, pin: PIN };
let unlink: () => void = () => undefined;
after(() => unlink());

test("a token without a key of an issuer is refused", async () => {
  unlink = linkPackage();
  newToken(folder);
  await generate("P-256", "something else", 1);
  await generate("P-384", DID, 2);
  await assert.rejects(openModule(OPTIONS), { code: "PKCS11_KEY" });
});

test("each key pair that is labelled with a DID is a signer for it, the one with the highest id first", async () => {
  await generate("P-256", DID, 3);
  await generate("Ed25519", DID, 4);
  const other = `did:mapae:local:${simulatedIdentity(2)}`;
  await generate("P-256", other, 5);
  const signers = await openModule(OPTIONS);
  assert.deepEqual(
    signers.map(({ issuer, algorithm }) => [issuer, algorithm]),
    [
      [other, "ES256"],
      [DID, "EdDSA"],
      [DID, "ES256"],
    ],
  );
  for (const { jwk, algorithm, sign, keyId, issuer } of signers) {
    assert(keyId.startsWith(`${issuer}#`));
    // Signs concurrently: a session executes one operation at a time.
    const texts = Array.from({ length: 20 }, (_, at) => Buffer.from(`text ${at}`));
    const signatures = await Promise.all(texts.map((text) => sign(text)));
    for (const [at, signature] of signatures.entries()) {
      assert.equal(signature.length, 64);
      assert(await isSignedBy(jwk, algorithm, { signature, data: texts[at] as Buffer }));
    }
  }
});

test("a node signs lists in every encoding with keys that never leave the module", async (t) => {
  const signers = (await openModule(OPTIONS)).filter(({ issuer }) => issuer === DID);
  for (const signer of signers) {
    const { mine, get, expected } = await startServedNode(t, { signers: [signer], first: [publish(signer)] });
    await mine(status(0, [7, 9, 11]));
    const jwt = await verifyStatusJwt(await (await get()).text(), expected());
    assert.deepEqual([jwt.keyId, statusAt(jwt.list, 7), statusAt(jwt.list, 9)], [signer.keyId, 1, 2]);
    const cwt = await get(PATH, { accept: "application/statuslist+cwt" });
    assert.equal((await verifyStatusCwt(new Uint8Array(await cwt.arrayBuffer()), expected())).keyId, signer.keyId);
    const purpose = "revocation" as const;
    const credential = new Uint8Array(await (await get(`${PATH}/revocation`)).arrayBuffer());
    const wanted = { ...expected(), uri: `${URI}/${purpose}`, purpose };
    assert.equal((await verifyStatusCredential(credential, wanted)).keyId, signer.keyId);
  }
});

test("after the module lost its session, the next signature opens a new one", async () => {
  const [signer] = await openModule(OPTIONS);
  assert(signer);
  const cryptoki = (await openLibrary(LIBRARY)) as unknown as { C_Finalize(): void };
  // Simulates that the module was removed and inserted again.
  cryptoki.C_Finalize();
  await assert.rejects(signer.sign(Buffer.from("1")), { code: "PKCS11_SIGN" });
  await openLibrary(LIBRARY);
  const signature = await signer.sign(Buffer.from("2"));
  assert(await isSignedBy(signer.jwk, signer.algorithm, { signature, data: Buffer.from("2") }));
});

test("a wrong PIN, token or library is refused by name, and the PIN is tried once", async () => {
  const cryptoki = await openLibrary(LIBRARY);
  (cryptoki as unknown as { C_Finalize(): void }).C_Finalize();
  await openLibrary(LIBRARY);
  let logins = 0;
  const counting = new Proxy(cryptoki, {
    get(target, name) {
      if (name === "C_Login") logins++;
      const found: unknown = Reflect.get(target, name);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  const token = new Token(counting, { ...OPTIONS, pin: "another-one" });
  for (let times = 0; times < 3; times++) {
    await assert.rejects(token.sign([], 0, Buffer.alloc(1)), { code: "PKCS11_PIN" });
  }
  assert.equal(logins, 1);
  await assert.rejects(openModule({ ...OPTIONS, pin: "another-one" }), { code: "PKCS11_PIN" });
  await assert.rejects(openModule({ ...OPTIONS, token: "other" }), { code: "PKCS11_MODULE", message: /"other"/ });
  await assert.rejects(openModule({ ...OPTIONS, module: join(folder, "none.so") }), { code: "PKCS11_MODULE" });
});

test("the configuration opens the module", async () => {
  const pinFile = join(folder, "pin");
  await writeFile(pinFile, `${PIN}\n`);
  await chmod(pinFile, 0o600);
  const pkcs11 = { module: LIBRARY, token: TOKEN, pinFile };
  const signers = await openSigners({ files: [], passwordFile: null, pkcs11 });
  assert.equal(signers.length, 3);
  const shown = await answerOf<object[]>(["signer", "show"], {
    MAPAE_SIGNER_PKCS11_MODULE: LIBRARY,
    MAPAE_SIGNER_PKCS11_TOKEN: TOKEN,
    MAPAE_SIGNER_PKCS11_PIN_FILE: pinFile,
  });
  assert.deepEqual(
    shown,
    signers.map(({ issuer, keyId, algorithm, jwk }) => ({ issuer, keyId, algorithm, jwk })),
  );
  const missing = await mapae(["signer", "show", "--json"], {});
  assert.match(errorOf(missing).message, /MAPAE_SIGNER_PKCS11_MODULE/);
});
