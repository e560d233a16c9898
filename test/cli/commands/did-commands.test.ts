import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { calculateJwkThumbprint, type JWK } from "jose";
import { type DidChange, didRegistry, encodeAttributeName, encodeChanges } from "../../../cli/did/change.ts";
import { readKey, setKey } from "../../../cli/did/key-input.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import type { Address, Hex } from "../../../resolver/index.ts";
import { answerOf, errorOf, mapae, REPOSITORY, startNetwork, temporaryFolder } from "../harness.ts";

interface Resolution {
  didDocument: Record<string, { id: string }[] & string[]> | null;
  didDocumentMetadata: { versionId: string; deactivated?: boolean };
}
interface Shown {
  owner: string;
  versions: number[];
  entries: { kind: string; id: string; about: string; status: string; validTo: number; inDocument: boolean }[];
}

const KEYS = {
  p256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  secp256k1: generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
  ed25519: generateKeyPairSync("ed25519"),
  x25519: generateKeyPairSync("x25519"),
};
const jwk = (name: keyof typeof KEYS): JWK => KEYS[name].publicKey.export({ format: "jwk" }) as JWK;
const json = (name: keyof typeof KEYS): string => JSON.stringify(jwk(name));
const thumbprint = (name: keyof typeof KEYS): Promise<string> => calculateJwkThumbprint(jwk(name));

const folder = await temporaryFolder({ after });
const network = await startNetwork(folder);
after(() => network.chain.stop());

const resolve = (account: number) => answerOf<Resolution>(["resolve", network.did(account)], network.env);
const show = (account: number) => answerOf<Shown>(["did", "show", network.did(account)], network.env);
const create = (account: number, ...args: string[]) => answerOf(["did", "create", ...args], network.as(account));

test("did create writes keys of every kind and services in one transaction, and resolve shows them", async () => {
  const file = join(folder, "signing.jwk.json");
  await writeFile(file, json("p256"));
  const written = await answerOf<{ did: string; transaction: string; block: number }>(
    [
      ...["did", "create", "--key", `assertion=${file}`, "--key", `authentication=${json("ed25519")}`],
      ...["--key", `keyAgreement=${json("x25519")}`, "--key", `assertion=${json("secp256k1")}`],
      ...[
        "--service",
        "LinkedDomains/web=https://agency.example/?a=b",
        "--service",
        'Issuer={"uri":"https://i.example"}',
      ],
    ],
    network.as(1),
  );
  assert.equal(written.did, network.did(1));

  const { didDocument, didDocumentMetadata } = await resolve(1);
  assert.equal(didDocumentMetadata.versionId, String(written.block));
  const key = async (name: keyof typeof KEYS) => `${network.did(1)}#${await thumbprint(name)}`;
  assert.deepEqual(didDocument?.assertionMethod, [await key("p256"), await key("secp256k1")]);
  assert.deepEqual(didDocument?.authentication, [await key("ed25519")]);
  assert.deepEqual(didDocument?.keyAgreement, [await key("x25519")]);
  const services = didDocument?.service as unknown as { type: string; serviceEndpoint: unknown }[];
  assert.deepEqual(
    services.map(({ type, serviceEndpoint }) => [type, serviceEndpoint]),
    [
      ["LinkedDomains", "https://agency.example/?a=b"],
      ["Issuer", { uri: "https://i.example" }],
    ],
  );
  assert.equal((await show(1)).versions.length, 1);
});

test("add-key gives a key several purposes in one transaction, for as long as it is told", async () => {
  await create(2, "--service", "LinkedDomains=https://a.example");
  const args = ["--purpose", "assertion", "--purpose", "authentication", "--jwk", json("p256"), "--valid-for", "2h"];
  const { block } = await answerOf<{ block: number }>(["did", "add-key", network.did(2), ...args], network.as(2));

  const { timestamp } = (await network.chain.rpc("eth_getBlockByNumber", [`0x${block.toString(16)}`, false])) as {
    timestamp: string;
  };
  const keys = (await show(2)).entries.filter(({ kind }) => kind === "key");
  assert.deepEqual(
    keys.map(({ id, status, validTo }) => [id, status, validTo]),
    Array(2).fill([`#${await thumbprint("p256")}`, "valid", Number(timestamp) + 7_200]),
  );
});

test("add-service with a known fragment takes the place of the former service", async () => {
  await create(3, "--service", "LinkedDomains/web=https://old.example");
  const args = ["--type", "LinkedDomains", "--fragment", "web", "--endpoint", "https://new.example"];
  await answerOf(["did", "add-service", network.did(3), ...args], network.as(3));
  const services = (await resolve(3)).didDocument?.service as unknown as { serviceEndpoint: string }[];
  assert.deepEqual(
    services.map(({ serviceEndpoint }) => serviceEndpoint),
    ["https://new.example"],
  );
});

test("revoke-key revokes every entry of a key at once, those that ran out too, and warns that it is for theft", async () => {
  await create(4, "--key", `assertion=${json("p256")}`, "--key", `authentication=${json("p256")}`);
  const again = ["--purpose", "authentication", "--jwk", json("p256"), "--valid-for", "0s"];
  await answerOf(["did", "add-key", network.did(4), ...again], network.as(4));

  const outcome = await mapae(["did", "revoke-key", network.did(4), `#${await thumbprint("p256")}`], network.as(4));
  assert.equal(outcome.code, 0);
  assert.match(outcome.stderr, /Warning: Revoking is for theft/);
  const { entries, versions } = await show(4);
  assert.deepEqual(
    entries.map(({ status }) => status),
    ["revoked", "revoked"],
  );
  assert.equal(versions.length, 3);

  const twice = await mapae(
    ["did", "revoke-key", network.did(4), `#${await thumbprint("p256")}`, "--json"],
    network.as(4),
  );
  assert.equal(errorOf(twice).code, "INVALID_INPUT");
  assert.match(errorOf(twice).message, /revoked already/);
});

test("set-owner hands the DID over: the former owner is refused in words, the new one writes", async () => {
  await create(5, "--key", `assertion=${json("p256")}`);
  const next = developmentAccount(6).address;
  const setOwner = (...args: string[]) =>
    mapae(["did", "set-owner", network.did(5), next, ...args, "--json"], network.as(5));
  assert.equal(errorOf(await setOwner()).code, "REFUSED");
  const takeOver = async (account: number, of: number) =>
    (await answerOf<{ signature: string }>(["did", "take-over", network.did(of)], network.as(account))).signature;
  for (const wrong of [await takeOver(7, 5), await takeOver(6, 4), "0x12", "x"]) {
    assert.equal(errorOf(await setOwner("--signature", wrong)).code, "INVALID_INPUT", wrong);
  }
  // Code that lets other code act for a key (EIP-7702) is no contract.
  await network.chain.rpc("hardhat_setCode", [next, `0xef0100${"ab".repeat(20)}`]);
  assert.equal(errorOf(await setOwner()).code, "REFUSED");
  await network.chain.rpc("hardhat_setCode", [next, "0x"]);
  assert.equal((await setOwner("--signature", await takeOver(6, 5))).code, 0);
  assert.equal((await show(5)).owner, developmentAccount(6).address);

  const args = ["did", "add-key", network.did(5), "--purpose", "assertion", "--jwk", json("ed25519")];
  const refused = await mapae([...args, "--json"], network.as(5));
  assert.equal(refused.code, 5);
  assert.equal(errorOf(refused).code, "REFUSED");
  assert.match(errorOf(refused).message, /0x9965\w+ is not the owner of 0x9965\w+ \(DidRegistryUnauthorized\)/);
  await answerOf(args, network.as(6));
});

test("deactivate needs a yes; afterwards resolve answers with exit code 3 and writes are refused", async () => {
  await create(7, "--key", `assertion=${json("p256")}`);
  const unasked = await mapae(["did", "deactivate", network.did(7)], network.as(7));
  assert.equal(unasked.code, 2);
  assert.match(unasked.stderr, /can never be changed afterwards.*set-owner first.*--yes/s);
  assert.equal((await show(7)).versions.length, 1);

  await answerOf(["did", "deactivate", network.did(7), "--yes"], network.as(7));
  const resolved = await mapae(["resolve", network.did(7), "--json"], network.env);
  assert.equal(resolved.code, 3);
  const { didDocument, didDocumentMetadata } = JSON.parse(resolved.stdout) as Resolution;
  assert.equal(didDocument, null);
  assert.equal(didDocumentMetadata.deactivated, true);
  assert.equal(JSON.parse(resolved.stderr).error.code, "DEACTIVATED");

  const service = ["--type", "LinkedDomains", "--endpoint", "https://a.example"];
  const write = await mapae(["did", "add-service", network.did(7), ...service, "--json"], network.as(7));
  assert.equal(write.code, 5);
  assert.match(errorOf(write).message, /DidRegistryDeactivated/);
  const again = await mapae(["did", "deactivate", network.did(7), "--yes", "--json"], network.as(7));
  assert.deepEqual([again.code, errorOf(again).code], [3, "DEACTIVATED"]);
});

test("resolve answers for an older block and an older moment", async () => {
  await create(8, "--key", `assertion=${json("p256")}`);
  const [block] = (await show(8)).versions;
  await answerOf(["did", "revoke-key", network.did(8), `#${await thumbprint("p256")}`], network.as(8));
  const older = await answerOf<Resolution>(["resolve", network.did(8), "--version-id", String(block)], network.env);
  assert.equal(older.didDocument?.assertionMethod?.length, 1);
  assert.equal((await resolve(8)).didDocument?.assertionMethod, undefined);
  const early = await mapae(
    ["resolve", network.did(8), "--version-time", "2020-01-01T00:00:00Z", "--json"],
    network.env,
  );
  assert.deepEqual([early.code, errorOf(early).code], [3, "NOT_FOUND"]);
});

test("show tells a person about owner, versions and every entry, and makes nothing of control characters", async () => {
  await create(9, "--key", `assertion=${json("p256")}`, "--service", "LinkedDomains/web=https://a.example");
  const name = `0x${Buffer.from("did/note").toString("hex").padEnd(64, "0")}`;
  const value = `0x${Buffer.from("\u001b[2Jgone").toString("hex")}`;
  const { didRegistry } = await import("../../../cli/did/change.ts");
  const from = developmentAccount(9).address;
  const { registries } = JSON.parse(await readFile(network.env.MAPAE_NETWORK ?? "", "utf8")).deployments[0];
  const data = didRegistry.encodeFunctionData("setAttribute", [from, name, value, 60]);
  await network.chain.rpc("eth_sendTransaction", [{ from, to: registries.did.address, data }]);

  const { code, stdout } = await mapae(["did", "show", network.did(9)], network.env);
  assert.equal(code, 0);
  assert.match(stdout, /owner +0xa0ee7a142d267c1f36714e4a8f75612f20a79720 \(a plain key/);
  assert.match(stdout, new RegExp(`key #${await thumbprint("p256")}\\n +P-256 assertionMethod\\n +valid until 20`));
  assert.match(stdout, /service #web\n +LinkedDomains "https:\/\/a\.example"/);
  assert.match(stdout, /without effect did\/note\n +0x1b5b324a/);
  assert(!stdout.includes("\u001b"));
});

test("show marks a service that is not in the document: one that was set later has its id", async () => {
  for (const type of ["LinkedDomains", "Issuer"]) {
    await answerOf(
      ["did", "add-service", network.did(9), "--type", type, "--fragment", "web", "--endpoint", "https://b.example"],
      network.as(9),
    );
  }
  const { entries } = await show(9);
  const services = entries.filter(({ kind }) => kind === "service");
  assert.deepEqual(
    services.map(({ about, status, inDocument }) => [about, status, inDocument]),
    [
      ['LinkedDomains "https://a.example"', "valid", false],
      ['LinkedDomains "https://b.example"', "valid", false],
      ['Issuer "https://b.example"', "valid", true],
    ],
  );
  const { stdout } = await mapae(["did", "show", network.did(9)], network.env);
  assert.equal(stdout.match(/not in the DID document/g)?.length, 2);
  const { didDocument } = await resolve(9);
  assert.equal(didDocument?.service?.length, 1);
});

test("a write is finished where what reads its answer closed the pipe, and that is said by name", async () => {
  const child = spawn(
    process.execPath,
    [join(REPOSITORY, "cli", "mapae.mjs"), "did", "create", "--service", "X=https://a.example", "--json"],
    { env: { ...process.env, ...network.as(6) }, stdio: ["ignore", "pipe", "pipe"] },
  );
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  assert.deepEqual([code, JSON.parse(stderr).error.code], [141, "PIPE_CLOSED"]);
  assert.equal((await resolve(6)).didDocument?.service?.length, 1);
});

test("key new makes a keystore that only its owner reads, and with which a DID is created", async () => {
  const file = join(folder, "agency.json");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, "correct horse\n", { mode: 0o600 });
  const env = { ...network.env, MAPAE_KEYSTORE_PASSWORD_FILE: passwordFile };
  const { address } = await answerOf<{ address: string }>(["key", "new", file], env);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await network.chain.rpc("hardhat_setBalance", [address, "0xde0b6b3a7640000"]);

  const create = ["did", "create", "--service", "LinkedDomains=https://a.example", "--keystore", file];
  const { did } = await answerOf<{ did: string }>(create, env);
  assert.equal(did, `did:mapae:local:${address.toLowerCase()}`);

  const wrong = await mapae([...create, "--json"], { ...network.env, MAPAE_KEYSTORE_PASSWORD: "wrong horse" });
  assert.equal(wrong.code, 2);
  assert.match(errorOf(wrong).message, /the password is wrong/);
  const again = await mapae(["key", "new", file, "--json"], env);
  assert.equal(errorOf(again).code, "ALREADY_EXISTS");
});

test("an account without money is refused before anything is sent", async () => {
  const env = { ...network.env, MAPAE_PRIVATE_KEY: `0x${"11".repeat(32)}` };
  const outcome = await mapae(["did", "create", "--service", "X=https://a.example", "--json"], env);
  const { code, exitCode } = errorOf(outcome);
  assert.deepEqual([code, exitCode, outcome.code], ["REFUSED", 5, 5]);
});

test("a key that was hidden behind a full room is none to did show, resolve and revoke-key; revoking makes room", async () => {
  const { address } = developmentAccount(13);
  const identity: Address = `0x${address.slice(2).toLowerCase()}`;
  const did = network.did(13);
  const descriptor = JSON.parse(await readFile(network.env.MAPAE_NETWORK ?? assert.fail(), "utf8"));
  const note = (at: number, bytes: number): DidChange => {
    const value: Hex = `0x${at.toString(16).padStart(2, "0")}${"00".repeat(bytes - 1)}`;
    return { kind: "setAttribute", name: encodeAttributeName("note"), value, validity: 100_000 };
  };
  // As a thief with the owner's key writes, who does not ask the command line.
  const notes = Array.from({ length: 16 }, (_, at) => note(at, at < 15 ? 4_096 : 65_536 - 15 * (32 + 4_096) - 32));
  const key = setKey(await readKey(json("p256")), "assertion", 100_000);
  for (const changes of [notes.slice(0, 8), notes.slice(8), [key]]) {
    await network.chain.rpc("eth_sendTransaction", [
      {
        from: address,
        to: descriptor.deployments[0].registries.did.address,
        data: encodeChanges(identity, changes),
        gas: "0xe00000",
      },
    ]);
  }
  const fragment = await thumbprint("p256");
  const shown = await show(13);
  assert.equal(shown.entries.length, 16);
  assert(!shown.entries.some(({ id }) => id === `#${fragment}`));
  assert.equal((await resolve(13)).didDocument?.assertionMethod, undefined);
  const revoking = await mapae(["did", "revoke-key", did, fragment, "--json"], network.as(13));
  assert.equal(errorOf(revoking).code, "NOT_FOUND");

  const add = ["did", "add-key", did, "--purpose", "assertion", "--jwk", json("p256")];
  const refused = errorOf(await mapae([...add, "--json"], network.as(13)));
  assert.equal(refused.code, "REFUSED");
  assert.match(refused.message, /take 65536 bytes and would take 65601, at most 65536 count/);
  await network.chain.rpc("eth_sendTransaction", [
    {
      from: address,
      to: descriptor.deployments[0].registries.did.address,
      data: didRegistry.encodeFunctionData("revokeAttribute", [
        identity,
        encodeAttributeName("note"),
        noteValue(notes),
      ]),
    },
  ]);
  await answerOf(add, network.as(13));
  assert.deepEqual((await resolve(13)).didDocument?.assertionMethod, [`${did}#${fragment}`]);
});

function noteValue([first]: readonly DidChange[]): Hex {
  return first?.kind === "setAttribute" ? first.value : assert.fail();
}

test("add-service refuses JSON that not every reader reads alike, and says what is wrong with it", async () => {
  const rows: [endpoint: string, what: RegExp][] = [
    ['{"id":12345678901234567890,"uri":"https://x.example"}', /12345678901234567890/],
    ['{"limit":1e400}', /1e400/],
    ['{"a":1,"a":2}', /"a" twice/],
    ["[".repeat(2_000) + "]".repeat(2_000), /16 deep/],
    ["not a uri", /no URI/],
  ];
  for (const [endpoint, what] of rows) {
    const args = ["--type", "Limits", "--endpoint", endpoint, "--json"];
    const refused = await mapae(["did", "add-service", network.did(3), ...args], network.as(3));
    assert.equal(errorOf(refused).code, "INVALID_INPUT", endpoint.slice(0, 50));
    assert.match(errorOf(refused).message, what);
  }
});
