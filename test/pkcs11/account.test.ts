import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { hexlify, Transaction, verifyMessage, verifyTypedData } from "ethers";
import type { Terminal } from "../../cli/terminal/terminal.ts";
import { ModuleAccount } from "../../cli/transaction/module-account.ts";
import { readSigner } from "../../cli/transaction/signer.ts";
import { openAccountKey } from "../../node/issuing/pkcs11/open-account.ts";
import { answerOf, startNetwork, temporaryFolder } from "../cli/harness.ts";
import { generate, LIBRARY, linkPackage, newToken, PIN, TOKEN } from "./softhsm.ts";

const folder = await temporaryFolder({ after });
const OPTIONS = { module: LIBRARY, token: TOKEN, pin: PIN };
const pinFile = join(folder, "pin");
await writeFile(pinFile, PIN, { mode: 0o600 });
after(linkPackage());
newToken(folder);
await generate("secp256k1", "member", 1);
await generate("P-256", "member", 2);
await generate("secp256k1", "twice", 3);
await generate("secp256k1", "twice", 4);
await generate("P-256", "signs lists", 5);

const env = {
  MAPAE_SIGNER_PKCS11_MODULE: LIBRARY,
  MAPAE_SIGNER_PKCS11_TOKEN: TOKEN,
  MAPAE_SIGNER_PKCS11_PIN_FILE: pinFile,
  MAPAE_ACCOUNT_PKCS11: "member",
};

test("ethers recovers a module's account from its signatures of transactions, messages and typed data, which have the smaller s", async () => {
  const account = new ModuleAccount(await openAccountKey(OPTIONS, "member"));
  const types = { Act: [{ name: "number", type: "uint256" }] };
  const parities = new Set<number>();
  for (let number = 0; number < 24; number++) {
    // ethers itself rejects a signature with the larger s.
    assert.equal(verifyMessage(`act ${number}`, await account.signMessage(`act ${number}`)), account.address);
    const typed = await account.signTypedData({ name: "Mapae" }, types, { number });
    assert.equal(verifyTypedData({ name: "Mapae" }, types, { number }, typed), account.address);
    const call = { to: `0x${"11".repeat(20)}`, nonce: number, gasLimit: 21_000, chainId: 82_026_003 };
    for (const fees of [
      { type: 0, gasPrice: 0 },
      { type: 2, maxFeePerGas: 2, maxPriorityFeePerGas: 1 },
    ]) {
      const sent = Transaction.from(await account.signTransaction({ ...call, ...fees, from: account.address }));
      assert.equal(sent.from, account.address);
      parities.add(sent.signature?.yParity ?? assert.fail());
    }
  }
  assert.deepEqual([...parities].sort(), [0, 1]);
  await assert.rejects(account.signTransaction({ from: `0x${"22".repeat(20)}` }), { code: "NO_SIGNER" });
});

test("a private key that does not fit its public key signs nothing", async () => {
  const { sign } = await openAccountKey(OPTIONS, "member");
  const other = await openAccountKey(OPTIONS, "member").then(({ publicKey }) => Uint8Array.from(publicKey));
  // The negated point is the public key of another account.
  const y = BigInt(hexlify(other.subarray(33)));
  const prime = 2n ** 256n - 2n ** 32n - 977n;
  other.set(Buffer.from((prime - y).toString(16).padStart(64, "0"), "hex"), 33);
  await assert.rejects(new ModuleAccount({ publicKey: other, sign }).signMessage("act"), { code: "NO_SIGNER" });
});

test("the command line writes with a key that never leaves the module", async (t) => {
  const network = await startNetwork(await temporaryFolder(t));
  t.after(network.chain.stop);
  const own = { ...network.env, ...env };
  const { address } = await answerOf<{ address: string }>(["key", "show"], env);
  await network.chain.rpc("hardhat_setBalance", [address, "0xde0b6b3a7640000"]);
  const { did } = await answerOf<{ did: string }>(
    ["did", "create", "--service", "LinkedDomains/web=https://a.example"],
    own,
  );
  assert.equal(did, `did:mapae:${did.split(":")[2]}:${address.toLowerCase()}`);
  const shown = await answerOf<{ document: object }>(["did", "show", did], network.env);
  assert.match(JSON.stringify(shown), /https:\/\/a\.example/);
});

test("no key, two keys and a key beside another account are refused by name", async () => {
  for (const label of ["nobody", "twice", "signs lists"])
    await assert.rejects(openAccountKey(OPTIONS, label), { code: "PKCS11_KEY" });
  const both = { env: { ...env, MAPAE_PRIVATE_KEY: `0x${"11".repeat(32)}` } } as unknown as Terminal;
  await assert.rejects(readSigner(both, {}), {
    code: "NO_SIGNER",
    message: /MAPAE_ACCOUNT_PKCS11 and MAPAE_PRIVATE_KEY/,
  });
});
