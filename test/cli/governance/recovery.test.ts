import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { JsonRpcProvider } from "ethers";
import { RECOVERY_DELAY_S } from "../../../cli/deploy/governance.ts";
import { DEFAULT_DELAY_S } from "../../../cli/governance/read-governance.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { type Owner, type Safe, safeFounder } from "../../helpers/safe.ts";
import { answerOf, errorOf, mapae, startChain, temporaryFolder } from "../harness.ts";

interface Act {
  state: string;
  operation: string;
  readyAt?: number;
  holder?: string;
  grantId?: string;
  proposal?: { to: string; data: string };
}

/** A network that a council and a guardian govern, each a Safe of two of three keys, as the command line deploys it. */
async function startGoverned(t: TestContext) {
  const folder = await temporaryFolder(t);
  const chain = await startChain();
  t.after(() => chain.stop());
  const provider = new JsonRpcProvider(chain.url, 31_337, { staticNetwork: true, cacheTimeout: -1 });
  provider.pollingInterval = 20;
  t.after(() => provider.destroy());
  const signers = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((at) => provider.getSigner(at)));
  const [a, b, c, d, e, f, relayer] = signers;
  assert(a && b && c && d && e && f && relayer);
  const found = await safeFounder({ relayer });
  const [council, guardian, successor] = [
    await found([a, b, c], 2),
    await found([d, e, f], 2),
    await found([d, a, f], 3),
  ];

  const file = async (name: string, value: object): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(value));
    return path;
  };
  const governance = await file("council.json", { council: council.address, guardian: guardian.address });
  const consensus = await file("consensus.json", { kind: "qbft", validators: [developmentAccount(9).address] });
  const out = join(folder, "network.json");
  const env = { MAPAE_RPC_URLS: chain.url, MAPAE_NETWORK: out, MAPAE_PRIVATE_KEY: developmentAccount(8).privateKey };
  const deploy = ["network", "deploy", "--label", "gov", "--governance", governance, "--consensus", consensus];
  await answerOf([...deploy, "--out", out], { ...env, MAPAE_PRIVATE_KEY: developmentAccount(0).privateKey });

  /** Calls a command as an account that governs nothing. */
  const asAnybody = (...args: string[]) => answerOf<Act>(args, env);
  /** Has a Safe send what the command said that it has to. */
  const sends = async (safe: Safe, owners: readonly Owner[], { proposal }: Act): Promise<void> => {
    assert(proposal);
    await (await safe.call(owners, proposal.to, proposal.data)).wait();
  };
  const wait = async (seconds: number): Promise<void> => {
    await chain.rpc("evm_increaseTime", [seconds]);
    await chain.rpc("evm_mine");
  };
  const faults = async (named: Safe): Promise<string[]> => {
    const path = await file("named.json", { council: named.address, guardian: guardian.address });
    const { stdout } = await mapae(["network", "roles", "--governance", path, "--json"], env);
    return JSON.parse(stdout).faults.map(({ fault }: { fault: string }) => fault);
  };
  const owners = { council: [a, b], guardian: [d, e], successor: [d, a, f] };
  return { env, council, guardian, successor, owners, asAnybody, sends, wait, faults };
}

const VALIDITY = ["--not-before", "2026-01-01", "--not-after", "2031-01-01"];
const type = (name: string) => {
  const hash = `0x${"12".repeat(32)}`;
  return ["type", "add", "--uri", `urn:x:${name}`, "--schema-uri", "urn:x:schema", "--schema-hash", hash];
};

test("a council that lost its keys is replaced after 60 days by the printed transactions, and its successor governs", async (t) => {
  const { env, council, guardian, successor, owners, asAnybody, sends, wait, faults } = await startGoverned(t);
  assert.deepEqual(await faults(council), []);

  // While the council is there: it proposes what the command prints, anybody executes.
  const proposed = await asAnybody(...type("first"));
  assert.equal(proposed.state, "proposal");
  await assert.rejects(sends(guardian, owners.guardian, proposed));
  await sends(council, owners.council, proposed);
  assert.equal((await asAnybody(...type("first"))).state, "waiting");
  await wait(DEFAULT_DELAY_S);
  assert.equal((await asAnybody(...type("first"))).state, "done");

  // Its keys are lost.
  const replace = ["council", "replace", successor.address, "--recovery"];
  const alone = errorOf(
    await mapae(["council", "replace", developmentAccount(8).address, "--recovery", "--json"], env),
  );
  assert.equal(alone.code, "INVALID_INPUT");
  const taking = errorOf(await mapae(["council", "replace", guardian.address, "--recovery", "--json"], env));
  assert.equal(taking.code, "INVALID_INPUT");
  assert.match(taking.message, /is the guardian: one has to watch over the other/);
  const { seat, timelock } = JSON.parse(await readFile(env.MAPAE_NETWORK, "utf8")).deployments[0];
  for (const { address } of [seat, timelock]) {
    const itself = errorOf(await mapae(["council", "replace", address, "--json"], env));
    assert.equal(itself.code, "INVALID_INPUT");
    assert.match(itself.message, /is the network's own contract (?:seat|timelock)/);
  }
  const recovering = await asAnybody(...replace);
  assert.equal(recovering.state, "proposal");
  await sends(guardian, owners.guardian, recovering);
  const waiting = await asAnybody(...replace);
  assert.deepEqual([waiting.state, waiting.holder], ["waiting", council.address.toLowerCase()]);
  assert.deepEqual(await faults(council), ["coming"]);
  await wait(RECOVERY_DELAY_S - 60);
  assert.equal((await asAnybody(...replace)).state, "waiting");
  await wait(60);
  const done = await asAnybody(...replace);
  assert.deepEqual([done.state, done.holder], ["done", successor.address.toLowerCase()]);
  assert.deepEqual([await faults(council), await faults(successor)], [["holder"], []]);

  // What the old council signs counts no more; its successor has every power: types, roots, withdrawals.
  const next = await asAnybody(...type("second"));
  await assert.rejects(sends(council, owners.council, next));
  await sends(successor, owners.successor, next);
  const network = JSON.parse((await mapae(["network", "show", "--json"], env)).stdout).descriptor.name;
  const did = `did:mapae:${network}:${developmentAccount(9).address}`;
  const root = ["trust", "root", "--type", "urn:x:first", "--to", did, "--label", "Ministry", ...VALIDITY];
  await sends(successor, owners.successor, await asAnybody(...root));
  await wait(DEFAULT_DELAY_S);
  assert.equal((await asAnybody(...type("second"))).state, "done");
  const { grantId } = await asAnybody(...root);
  const withdrawal = await asAnybody("trust", "withdraw", grantId ?? assert.fail(), "--as-council");
  await assert.rejects(sends(council, owners.council, withdrawal));
  await sends(successor, owners.successor, withdrawal);
  const shown = (await mapae(["trust", "show", did, "--type", "urn:x:first", "--json"], env)).stdout;
  assert.match(shown, /"holds":\s*false/);
});

test("a council that is there seats its successor after the timelock's own delay", async (t) => {
  const { council, successor, owners, asAnybody, sends, wait, faults } = await startGoverned(t);
  const replace = ["council", "replace", successor.address];
  const proposed = await asAnybody(...replace);
  assert.equal(proposed.state, "proposal");
  await sends(council, owners.council, proposed);
  await wait(DEFAULT_DELAY_S);
  const { state, holder } = await asAnybody(...replace);
  assert.deepEqual([state, holder], ["done", successor.address.toLowerCase()]);
  assert.deepEqual(await faults(successor), []);
});
