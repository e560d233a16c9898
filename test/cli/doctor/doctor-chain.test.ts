import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { httpRpc } from "../../../resolver/index.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";
import { answerOf, mapae } from "../harness.ts";
import { installation } from "./installation.ts";

const { folder, network, env, doctor } = await installation({ after });

test("a fault of configuration and a chain that does not answer have different exit codes", async () => {
  const unreachable = await doctor({ MAPAE_RPC_URLS: `${network.chain.url},http://127.0.0.1:2` });
  assert.equal(unreachable.code, 4);
  assert.match(unreachable.about("chain at http://127.0.0.1:2") ?? "", /^fault: Could not ask the chain/);
  assert.match(unreachable.about(`chain at ${network.chain.url}`) ?? "", /^ok/);

  const misspelt = await doctor({ MAPAE_HTPP_PORT: "80" });
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.about("configuration") ?? "", /^fault: .*MAPAE_HTPP_PORT.*MAPAE_HTTP_PORT/s);

  const several = await doctor({ MAPAE_POLL_MS: "abc", MAPAE_HTTP_PORT: "-1" });
  assert.match(several.about("configuration") ?? "", /^fault: [^\n]* got "-1"[^\n]*; MAPAE_POLL_MS: got "abc"[^\n]*$/);

  const noDirectory = await doctor({ MAPAE_DATA_DIR: join(folder, "network.json") });
  assert.equal(noDirectory.code, 2);
  assert.match(noDirectory.about(/^data directory/) ?? "", /^fault: .*is no directory: set MAPAE_DATA_DIR/);
  const inFile = await doctor({ MAPAE_DATA_DIR: join(folder, "network.json", "index") });
  assert.equal(inFile.code, 2);
  assert.match(inFile.about(/^data directory/) ?? "", /^fault: ENOTDIR.*set MAPAE_DATA_DIR/);
  assert.match(inFile.about(/^disk of/) ?? "", /^fault: ENOTDIR.*set MAPAE_DATA_DIR/);
});

test("doctor asks each server what a node will ask, and names the one that refuses", async (t) => {
  const server = await startRpcServer(httpRpc({ url: network.chain.url }));
  t.after(() => server[Symbol.asyncDispose]());
  server.alter = ([method], answer) =>
    method === "eth_getLogs" ? { error: { code: -32_000, message: "pruned history unavailable" } } : answer;
  const { code, about } = await doctor({ MAPAE_RPC_URLS: `${network.chain.url},${server.url}` });
  assert.equal(code, 4);
  assert.match(about(`answers of chain at ${network.chain.url}`) ?? "", /^ok/);
  assert.match(about(`chain at ${server.url}`) ?? "", /^ok/);
  assert.match(about(`answers of chain at ${server.url}`) ?? "", /^fault: .*eth_getLogs.*pruned history unavailable/);
});

test("doctor warns of a server that bounds ranges or batches, which a node asks for", async (t) => {
  const server = await startRpcServer(httpRpc({ url: network.chain.url }));
  t.after(() => server[Symbol.asyncDispose]());
  server.alter = ([method, [filter]], answer) => {
    const { fromBlock, toBlock } = (filter ?? {}) as { fromBlock?: string; toBlock?: string };
    const isRange = method === "eth_getLogs" && fromBlock !== toBlock;
    return isRange ? { error: { code: -32_005, message: "Requested range exceeds maximum RPC range limit" } } : answer;
  };
  const { code, about } = await doctor({ MAPAE_RPC_URLS: server.url });
  assert.equal(code, 0);
  assert.match(
    about(`answers of chain at ${server.url}`) ?? "",
    /^warning: the server refuses the logs of [0-9]+ blocks/,
  );

  server.alter = (_, answer) => answer;
  server.largestBatch = 3;
  const batches = await doctor({ MAPAE_RPC_URLS: server.url });
  assert.equal(batches.code, 0);
  assert.match(
    batches.about(`answers of chain at ${server.url}`) ?? "",
    /^warning: the server refuses a batch of [0-9]+ calls/,
  );
});

test("an owner that is a plain key is a warning, a contract is none, and a DID that was never written is a fault", async () => {
  for (const account of [1, 2, 3]) {
    await answerOf(["did", "create", "--service", "X=https://a.example"], network.as(account));
  }
  const descriptor = JSON.parse(await readFile(env.MAPAE_NETWORK ?? "", "utf8"));
  const contract = descriptor.deployments[0].registries.did.address;
  await answerOf(["did", "set-owner", network.did(2), contract], network.as(2));
  await answerOf(["did", "deactivate", network.did(3), "--yes"], network.as(3));

  const dids = [1, 2, 3].map(network.did);
  const { code, about } = await doctor({}, ...dids);
  assert.equal(code, 0);
  assert.match(about(`owner of ${dids[0]}`) ?? "", /^warning: 0x70997970\w+ is a plain key.*mapae did set-owner/);
  assert.equal(about(`owner of ${dids[1]}`), `ok: the contract ${contract}`);
  assert.match(about(`owner of ${dids[2]}`) ?? "", /^ok: deactivated in block/);

  const absent = await doctor({}, network.did(4), "did:mapae:local:0x1");
  assert.equal(absent.code, 2);
  assert.match(absent.about(`owner of ${network.did(4)}`) ?? "", /^fault: the DID was never written/);
  assert.match(absent.about("owner of did:mapae:local:0x1") ?? "", /^fault: This is no DID/);
});

test("doctor names the operator for which a node attests blocks; a key that the descriptor does not name is a fault", async (t) => {
  const at = (name: string) => join(folder, name);
  t.after(() =>
    Promise.all(["password", "operator.jwe", "attested.json"].map((name) => rm(at(name), { force: true }))),
  );
  await writeFile(at("password"), "correct horse battery", { mode: 0o600 });
  const MAPAE_SIGNER_PASSWORD_FILE = at("password");
  const made = await mapae(["signer", "new", at("operator.jwe"), "--operator", "경찰청", "--json"], {
    MAPAE_SIGNER_PASSWORD_FILE,
  });
  const { operator } = JSON.parse(made.stdout);
  const described = JSON.parse(await readFile(env.MAPAE_NETWORK ?? "", "utf8"));
  const of = async (operators: object[]) => {
    const network = { ...described, consensus: { kind: "attested", threshold: 1, operators } };
    await writeFile(at("attested.json"), JSON.stringify(network));
    const keys = { MAPAE_SIGNER_PASSWORD_FILE, MAPAE_SIGNER_FILES: at("operator.jwe") };
    return { without: { MAPAE_NETWORK: at("attested.json") }, keys: { MAPAE_NETWORK: at("attested.json"), ...keys } };
  };
  const right = await of([operator]);
  assert.match((await doctor(right.without)).about("operator") ?? "", /^ok: no operator's key/);
  assert.match((await doctor(right.keys)).about("operator") ?? "", /^ok: attests blocks as 경찰청; 1 of 1/);
  const wrong = await doctor((await of([{ ...operator, name: "국세청" }])).keys);
  assert.equal(wrong.code, 2);
  assert.match(wrong.about("operator") ?? "", /^fault: .*no operator of that name/);
});

test("doctor opens the key files of issuers, and warns of a key that no document lists", async (t) => {
  const at = (name: string) => join(folder, name);
  t.after(() => Promise.all(["password", "wrong", "lists.jwe"].map((name) => rm(at(name), { force: true }))));
  const [MAPAE_SIGNER_PASSWORD_FILE, MAPAE_SIGNER_FILES] = [at("password"), at("lists.jwe")];
  await writeFile(MAPAE_SIGNER_PASSWORD_FILE, "correct horse battery", { mode: 0o600 });
  await writeFile(at("wrong"), "another password", { mode: 0o600 });
  const made = await mapae(["signer", "new", MAPAE_SIGNER_FILES, "--issuer", network.did(4), "--json"], {
    MAPAE_SIGNER_PASSWORD_FILE,
  });
  const { jwk } = JSON.parse(made.stdout) as { jwk: object };
  const keys = { MAPAE_SIGNER_PASSWORD_FILE, MAPAE_SIGNER_FILES };
  const about = async (variables: Record<string, string>, what: string | RegExp) =>
    (await doctor(variables)).about(what);
  assert.match(
    (await about({ ...keys, MAPAE_SIGNER_PASSWORD_FILE: at("wrong") }, "key files")) ?? "",
    /^fault: Can't open the key file .*lists\.jwe: The password/,
  );
  assert.match((await about(keys, /^key did:/)) ?? "", /^warning: signs nothing, .*\(unknownKey\): .*did add-key/);
  const key = `assertion=${JSON.stringify(jwk)}`;
  assert.equal((await mapae(["did", "create", "--key", key], network.as(4))).code, 0);
  assert.equal(await about(keys, /^key did:/), "ok: the issuer's document lists it");
  const revoke = ["did", "revoke-key", network.did(4), JSON.parse(made.stdout).keyId.replace(/^.*#/, "#")];
  assert.equal((await mapae(revoke, network.as(4))).code, 0);
  assert.match((await about(keys, /^key did:/)) ?? "", /^warning: signs nothing, .*\(keyRevoked\)/);
});

test("doctor warns when the chain and this machine disagree about the time", async () => {
  await network.chain.rpc("evm_increaseTime", [3_600]);
  await network.chain.rpc("evm_mine");
  const { code, about } = await doctor();
  assert.equal(code, 0);
  assert.match(about(/^clock of chain/) ?? "", /^warning: block \d+ is 3\d{3} s ahead of this machine's clock/);
});
