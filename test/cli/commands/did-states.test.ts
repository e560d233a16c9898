import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { type DidChange, encodeAttributeName, encodeChanges } from "../../../cli/did/change.ts";
import { readKey, setKey } from "../../../cli/did/key-input.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { INTERFACES } from "../../../cli/transaction/interfaces.ts";
import type { Address, Hex } from "../../../resolver/index.ts";
import { answerOf, errorOf, mapae } from "../harness.ts";
import { didNetwork, json, type Resolution, thumbprint } from "./did-network.ts";

const { network, resolve, show, create } = await didNetwork({ after });

test("set-owner transfers the DID: the former owner is refused by name, the new one writes", async () => {
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

test("deactivate needs --yes; afterwards resolve answers with exit code 3 and writes are refused", async () => {
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
  for (const time of ["2020-01-01T00:00:00Z", "2020-01-01T09:00+09:00", "2020-01-01"]) {
    const early = await mapae(["resolve", network.did(8), "--version-time", time, "--json"], network.env);
    assert.deepEqual([early.code, errorOf(early).code], [3, "NOT_FOUND"], time);
  }
});

test("show prints owner, versions and every entry for people, without control characters", async () => {
  await create(9, "--key", `assertion=${json("p256")}`, "--service", "LinkedDomains/web=https://a.example");
  const name = `0x${Buffer.from("did/note").toString("hex").padEnd(64, "0")}`;
  const value = `0x${Buffer.from("\u001b[2Jgone").toString("hex")}`;
  const from = developmentAccount(9).address;
  const { registries } = JSON.parse(await readFile(network.env.MAPAE_NETWORK ?? "", "utf8")).deployments[0];
  const data = INTERFACES.did.encodeFunctionData("setAttribute", [from, name, value, 60]);
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

test("a key for which an identity has no room is not shown, resolved or revoked, and revoking another entry makes room", async () => {
  const { address } = developmentAccount(13);
  const identity: Address = `0x${address.slice(2).toLowerCase()}`;
  const did = network.did(13);
  const descriptor = JSON.parse(await readFile(network.env.MAPAE_NETWORK ?? assert.fail(), "utf8"));
  const note = (at: number, bytes: number): DidChange => {
    const value: Hex = `0x${at.toString(16).padStart(2, "0")}${"00".repeat(bytes - 1)}`;
    return { kind: "setAttribute", name: encodeAttributeName("note"), value, validity: 100_000 };
  };
  // A thief with the owner's key writes without the command line, which would refuse it.
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
      data: INTERFACES.did.encodeFunctionData("revokeAttribute", [
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
