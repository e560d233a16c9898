import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { Interface, SigningKey } from "ethers";
import { RECOVERY_DELAY_S } from "../../../cli/deploy/governance.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { timelockAbi } from "../../../resolver/abi.ts";
import { answerOf, mapae } from "../harness.ts";
import { ANYBODY, address, DELAY, DEPLOYER, govern, type, VALIDITY } from "./bodies.ts";

/** One network for all tests of this file, each of which proposes different acts. */
const governed = await govern({ after });

test("a network that two bodies govern is deployed, with its hash and the advice to destroy the deployer's key", async () => {
  const { deployed, env, path, bodies } = governed;
  const { hash, descriptor } = await answerOf<{ hash: string; descriptor: { rehearsal?: true } }>(
    ["network", "show"],
    env,
  );
  assert.match(deployed.stdout, new RegExp(`hash +${hash}`));
  assert.match(deployed.stdout, new RegExp(`Destroy the key of ${address(DEPLOYER)}`, "i"));
  assert.match(deployed.stderr, /Gas costs \d+ wei: up to [0-9.]+ of the [0-9.]+ ether/);
  assert.match(deployed.stderr, /Roles, delays and code are as they should be/);
  assert.deepEqual(bodies, { council: bodies.council, guardian: bodies.guardian, delay: DELAY, rehearsal: true });
  assert.equal(descriptor.rehearsal, true);
  const roles = ["network", "roles", "--governance", path("council.json")];
  const { council, faults } = await answerOf<{ council: string; faults: unknown[] }>(roles, env);
  assert.deepEqual([council, faults], [bodies.council, []]);
});

test("members on two machines sign a proposal that is described in words, any account sends it, and any account executes it after the delay", async () => {
  const { anybody, propose, sign, path, wait, as, refused, bodies } = governed;
  const proposed = await propose("a.json", ...type("first"));
  assert.equal(proposed.state, "proposal");
  // The other member creates the same proposal itself, and does not trust anybody's file.
  assert.deepEqual((await propose("b.json", ...type("first"))).proposal, proposed.proposal);
  const [one, two] = [await sign("a.json", 1), await sign("b.json", 3)];
  assert.deepEqual([one.hash, one.safe, one.nonce], [two.hash, bodies.council, 0]);
  assert.deepEqual([one.signed, two.signed], [[address(1)], [address(3)]]);
  assert.deepEqual(one.words, [
    "as the council, through its seat:",
    `  timelock: any account may execute the following ${DELAY} s after this is sent:`,
    "    trust.addType",
    '      uri: "urn:x:first"',
    '      schemaUri: "urn:x:schema"',
    `      schemaHash: 0x${"12".repeat(32)}`,
  ]);

  const alone = await refused(ANYBODY, "council", "execute", path("a.json"));
  assert.equal(alone.code, "REFUSED");
  assert.match(alone.message, /1 of its members signed, wanted 2/);
  const sent = await answerOf<{ block: number }>(["council", "execute", path("a.json"), path("b.json")], as(ANYBODY));
  assert(sent.block > 0);
  assert.equal((await anybody(...type("first"))).state, "waiting");
  await wait(DELAY);
  assert.equal((await anybody(...type("first"))).state, "done");

  const again = await refused(ANYBODY, "council", "execute", path("a.json"), path("b.json"));
  assert.match(again.message, /transaction 0 of the Safe 0x[0-9a-f]{40}, whose next one is 1/);
});

test("one file collects the signatures of several members; a root and a withdrawal are described in words too", async () => {
  const { anybody, propose, sign, path, wait, as, env } = governed;
  const pass = async (name: string) => {
    await sign(name, 2);
    const { signed, words } = await sign(name, 1);
    assert.equal(signed.length, 2);
    await answerOf(["council", "execute", path(name)], as(ANYBODY));
    return words;
  };
  await propose("type.json", ...type("handed-on"));
  await pass("type.json");
  await wait(DELAY);
  await anybody(...type("handed-on"));
  const { descriptor } = await answerOf<{ descriptor: { name: string } }>(["network", "show"], env);
  const did = `did:mapae:${descriptor.name}:${address(9)}`;
  const root = ["trust", "root", "--type", "urn:x:handed-on", "--to", did, "--label", "행정안전부", ...VALIDITY];
  await propose("root.json", ...root);
  const words = (await pass("root.json")).join("\n");
  for (const line of [
    /trust\.grantRoot/,
    new RegExp(`subject: ${address(9)}`),
    /notBefore: 2026-01-01T00:00:00Z/,
    /notAfter: 2031-01-01T00:00:00Z/,
    /mayGrant: false/,
    /label: "행정안전부"/,
  ])
    assert.match(words, line);
  await wait(DELAY);
  const { grantId = "" } = await anybody(...root);
  await propose("withdraw.json", "trust", "withdraw", grantId, "--as-council");
  assert.match(
    (await pass("withdraw.json")).join("\n"),
    new RegExp(
      `as the council.*\n {2}trust\\.withdraw\n {4}grantId: ${grantId}\n {4}from: 0: the time of this call, or the start`,
    ),
  );
});

test("the guardian cancels what the council proposed, and proposes another council, each by its own Safe", async () => {
  const { anybody, propose, sign, path, as, refused, bodies } = governed;
  const { operation } = await propose("type.json", ...type("cancelled"));
  const nowhere = await refused(ANYBODY, "council", "cancel", operation);
  assert.equal(nowhere.code, "NOT_FOUND");
  for (const member of [1, 2]) await sign("type.json", member);
  await answerOf(["council", "execute", path("type.json")], as(ANYBODY));

  await propose("cancel.json", "council", "cancel", operation);
  const asCouncil = await refused(4, "council", "sign", path("cancel.json"), "--yes");
  assert.match(asCouncil.message, /no member of .* names its Safe: --safe/);
  for (const member of [4, 6]) {
    const { words } = await sign("cancel.json", member, "--safe", bodies.guardian);
    assert.deepEqual(words, ["timelock.cancel", `  id: ${operation}`]);
  }
  await answerOf(["council", "execute", path("cancel.json")], as(ANYBODY));
  assert.equal((await anybody(...type("cancelled"))).state, "proposal");

  await propose("recovery.json", "council", "replace", bodies.council, "--recovery");
  const { words } = await sign("recovery.json", 5, "--safe", bodies.guardian);
  assert.deepEqual(words, [
    `recovery: any account may execute the following ${RECOVERY_DELAY_S} s after this is sent:`,
    "  seat.replace",
    `    newHolder: ${bodies.council}`,
  ]);
});

test("the other members replace the lost key of a member", async () => {
  const { propose, sign, path, as, refused } = governed;
  await propose("key.json", "council", "replace-key", address(1), address(7));
  for (const member of [2, 3]) {
    const { words } = await sign("key.json", member);
    assert.deepEqual(
      [words[0], ...words.slice(2)],
      ["safe.swapOwner", `  oldOwner: ${address(1)}`, `  newOwner: ${address(7)}`],
    );
  }
  await answerOf(["council", "execute", path("key.json")], as(ANYBODY));
  await propose("type.json", ...type("later"));
  assert.match((await refused(1, "council", "sign", path("type.json"), "--yes")).message, /is no member of/);
  await sign("type.json", 7);
  // Restores the key for the following tests.
  await propose("back.json", "council", "replace-key", address(7), address(1));
  for (const member of [2, 3]) await sign("back.json", member);
  await answerOf(["council", "execute", path("back.json")], as(ANYBODY));
  assert.match((await refused(ANYBODY, "council", "replace-key", address(7), address(8))).message, /is no member/);
  assert.match(
    (await refused(ANYBODY, "council", "replace-key", address(1), address(2))).message,
    /is a member already/,
  );
});

test("an unreadable or altered proposal, and the signature of a non-member, are refused with the reason", async () => {
  const { propose, sign, path, write, refused, as } = governed;
  const { proposal } = await propose("good.json", ...type("altered"));
  const refusal = async (altered: unknown) => {
    const { code, message } = await refused(1, "council", "sign", await write("bad.json", altered), "--yes");
    return `${code} ${message}`;
  };
  assert.match(await refusal({ proposal: { ...proposal, to: address(7) } }), /REFUSED .*no contract of governance/);
  assert.match(await refusal({ proposal: { ...proposal, data: `${proposal.data}00` } }), /REFUSED .*not known/);
  assert.match(await refusal({ proposal: { ...proposal, data: "0x12345678" } }), /REFUSED .*not known/);
  assert.match(await refusal({ proposal: { to: proposal.to } }), /INVALID_INPUT .*The proposal.* is wrong/);
  assert.match(await refusal({ state: "done" }), /INVALID_INPUT .*a command of governance prints with --json/);
  const { timelock } = JSON.parse(await readFile(path("network.json"), "utf8")).deployments[0];
  const paying = new Interface(timelockAbi).encodeFunctionData("schedule", [
    ...[timelock.address, 5n, "0x", `0x${"0".repeat(64)}`, `0x${"0".repeat(64)}`, 60n],
  ]);
  assert.match(await refusal({ proposal: { to: timelock.address, data: paying } }), /REFUSED .*moves 5 wei/);
  const hidden = new Interface(timelockAbi).encodeFunctionData("execute", [
    ...[timelock.address, 0n, "0x1234", `0x${"0".repeat(64)}`, `0x${"0".repeat(64)}`],
  ]);
  assert.match(await refusal({ proposal: { to: timelock.address, data: hidden } }), /REFUSED .*with bytes or a list/);
  assert.match((await refused(ANYBODY, "council", "sign", path("good.json"), "--yes")).message, /is no member of/);
  const asked = await refused(1, "council", "sign", path("good.json"));
  assert.match(asked.message, /confirm with --yes/);

  const { hash } = await sign("good.json", 1);
  const signed = JSON.parse(await readFile(path("good.json"), "utf8"));
  const { proposal: other } = await propose("other.json", ...type("other"));
  // A signature is valid for one proposal, nonce and chain. For others it recovers another account, or none.
  for (const altered of [
    { ...signed, proposal: other },
    { ...signed, transaction: { ...signed.transaction, nonce: signed.transaction.nonce + 1 } },
    { ...signed, transaction: { ...signed.transaction, chainId: 5 } },
    { ...signed, signatures: [`0x${"00".repeat(65)}`] },
  ]) {
    const { code } = await refused(ANYBODY, "council", "execute", await write("altered.json", altered));
    assert(["REFUSED", "INVALID_INPUT"].includes(code), code);
  }
  await sign("other.json", 2);
  const mixed = await refused(ANYBODY, "council", "execute", path("good.json"), path("other.json"));
  assert.match(mixed.message, /are different transactions/);
  // A valid signature of an account that is no member does not count.
  const outsider = new SigningKey(developmentAccount(ANYBODY).privateKey).sign(hash).serialized;
  const foreign = await write("foreign.json", { ...signed, signatures: [...signed.signatures, outsider] });
  const uncounted = await refused(ANYBODY, "council", "execute", foreign);
  assert.match(uncounted.message, /1 of its members signed, wanted 2: let 1 of/);
  const { stdout } = await mapae(["council", "sign", foreign, "--yes"], as(1));
  assert.match(stdout, /signed by 1 of 2 that are wanted: 1 more of them have to sign/);
});
