import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { httpRpc, parseNetworkDescriptor, readIdentity, rpcReader } from "../../../resolver/index.ts";
import { keyFault } from "../../../resolver/trust/key-fault.ts";
import { answerOf, errorOf, mapae, REPOSITORY } from "../harness.ts";
import { didNetwork, json, type KEYS, thumbprint } from "./did-network.ts";

const { folder, network, resolve, show, create } = await didNetwork({ after });

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

test("add-key gives a key several purposes in one transaction, for the given duration", async () => {
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

test("add-service with a known fragment replaces the former service", async () => {
  await create(3, "--service", "LinkedDomains/web=https://old.example");
  const args = ["--type", "LinkedDomains", "--fragment", "web", "--endpoint", "https://new.example"];
  await answerOf(["did", "add-service", network.did(3), ...args], network.as(3));
  const services = (await resolve(3)).didDocument?.service as unknown as { serviceEndpoint: string }[];
  assert.deepEqual(
    services.map(({ serviceEndpoint }) => serviceEndpoint),
    ["https://new.example"],
  );
});

test("add-service refuses JSON that parsers read differently, and names the fault", async () => {
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

test("revoke-key revokes every entry of a key in one transaction, expired ones too, and warns that it is for theft", async () => {
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

test("setting a key again for one of its revoked purposes warns that it stays revoked for the others", async () => {
  await create(7, "--key", `assertion=${json("p256")}`, "--key", `authentication=${json("p256")}`);
  await answerOf(["did", "revoke-key", network.did(7), await thumbprint("p256")], network.as(7));
  const set = async (...purposes: string[]) => {
    const named = purposes.flatMap((purpose) => ["--purpose", purpose]);
    const args = ["did", "add-key", network.did(7), ...named, "--jwk", json("p256"), "--yes"];
    const { code, stderr } = await mapae(args, network.as(7));
    assert.equal(code, 0);
    const reader = rpcReader(httpRpc({ url: network.chain.url }));
    const descriptor = parseNetworkDescriptor(JSON.parse(await readFile(join(folder, "network.json"), "utf8")));
    const { events } = await readIdentity(reader, descriptor, developmentAccount(7).address);
    return { stderr, fault: keyFault(events, await thumbprint("p256"), events.at(-1)?.time ?? 0) };
  };
  const half = await set("assertion");
  assert.equal(half.fault, "keyRevoked");
  assert.match(half.stderr, /stays revoked for every date, because it was revoked for authentication in block \d+/);
  const whole = await set("authentication");
  assert.equal(whole.fault, undefined);
  assert.doesNotMatch(whole.stderr, /stays revoked/);
});

test("a write is completed when the reader of its answer closed the pipe, and the error is PIPE_CLOSED", async () => {
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
