import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { answerOf, errorOf, mapae, startNetwork, temporaryFolder } from "../harness.ts";

const VALIDATOR: `0x${string}` = `0x${"ab".repeat(20)}`;

const GOVERNANCE = { council: `0x${"c0".repeat(20)}`, guardian: `0x${"9a".repeat(20)}`, delay: 259_200 } as const;

test("network deploy refuses what is finished, replaces it with --force, and leaves no journal", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, as, env } = await startNetwork(folder);
  t.after(() => chain.stop());
  const file = join(folder, "network.json");
  const before = await readFile(file, "utf8");
  const args = ["network", "deploy", "--label", "local", "--out", file];
  assert.equal(errorOf(await mapae([...args, "--json"], as(0))).code, "ALREADY_DEPLOYED");
  assert.equal(await readFile(file, "utf8"), before);

  await answerOf([...args, "--force"], as(0));
  const { hash, descriptor } = await answerOf<{ hash: string; descriptor: unknown }>(["network", "show"], env);
  assert.deepEqual(descriptor, JSON.parse(await readFile(file, "utf8")));
  assert.notDeepEqual(descriptor, JSON.parse(before));
  assert.match(hash, /^0x[0-9a-f]{64}$/);
  await assert.rejects(readFile(`${file}.journal`), { code: "ENOENT" });
});

test("network deploy describes a consensus and a finality that it was given", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, as } = await startNetwork(folder);
  t.after(() => chain.stop());
  const consensus = { kind: "qbft", validators: [VALIDATOR] };
  await writeFile(join(folder, "validators.json"), JSON.stringify(consensus));
  const out = join(folder, "gov.json");
  const { council, guardian } = GOVERNANCE;
  await writeFile(join(folder, "council.json"), JSON.stringify({ council, guardian }));
  for (const account of [council, guardian]) await chain.rpc("hardhat_setCode", [account, "0x6001"]);
  const args = ["--consensus", join(folder, "validators.json"), "--finality", "12", "--gas-price", "3000000000"];
  args.push("--governance", join(folder, "council.json"));
  const answer = await answerOf<{ descriptor: { name: string; consensus: unknown; finality: unknown } }>(
    ["network", "deploy", "--label", "gov", "--out", out, ...args],
    as(0),
  );
  assert.match(answer.descriptor.name, /^gov-[0-9a-f]{8}$/);
  assert.deepEqual(answer.descriptor.consensus, consensus);
  assert.deepEqual(answer.descriptor.finality, { kind: "depth", blocks: 12 });
});

test("network deploy refuses a governance by name, before anything is sent", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, as } = await startNetwork(folder);
  t.after(() => chain.stop());
  const file = join(folder, "council.json");
  const consensus = join(folder, "validators.json");
  await writeFile(consensus, JSON.stringify({ kind: "qbft", validators: [VALIDATOR] }));
  const { council, guardian } = GOVERNANCE;
  await chain.rpc("hardhat_setCode", [council, "0x6001"]);
  const deployer = developmentAccount(0).address;
  const blocks = await chain.rpc("eth_getTransactionCount", [deployer, "latest"]);
  const label = ["network", "deploy", "--label", "gov", "--out", join(folder, "gov.json"), "--consensus", consensus];
  const faults: [governance: unknown, message: RegExp][] = [
    [{ council }, /guardian/],
    [{ council, guardian, voters: 3 }, /voters/],
    [{ council: "0x1234", guardian }, /An address is 0x and 40 hex digits, got "0x1234"/],
    [{ council, guardian, delay: 3_599 }, /delay/],
    [{ council, guardian, delay: 7_776_001 }, /delay/],
    [{ council, guardian: council }, /Council and guardian are both 0xc0c0/],
    [{ council, guardian: deployer }, /guardian 0xf39f.* is the account that deploys/],
    [{ council, guardian }, /guardian 0x9a9a.* is no contract: one stolen key/],
  ];
  for (const [governance, message] of faults) {
    await writeFile(file, JSON.stringify(governance));
    const error = errorOf(await mapae([...label, "--governance", file, "--json"], as(0)));
    assert.equal(error.code, "INVALID_INPUT");
    assert.match(error.message, message);
  }
  assert.match(errorOf(await mapae([...label, "--json"], as(0))).message, /gov needs --governance/);
  const local = ["network", "deploy", "--label", "local", "--out", join(folder, "l.json"), "--governance", file];
  assert.match(errorOf(await mapae([...local, "--json"], as(0))).message, /The deployer governs the network local/);
  assert.equal(await chain.rpc("eth_getTransactionCount", [deployer, "latest"]), blocks);
});
