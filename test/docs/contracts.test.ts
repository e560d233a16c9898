import assert from "node:assert/strict";
import { test } from "node:test";
import { AbiCoder, concat, Interface, id, keccak256, ZeroHash } from "ethers";
import { didRegistryAbi, statusRegistryAbi, trustRegistryAbi } from "../../resolver/abi.ts";
import { deployRegistries } from "../helpers/registries.ts";
import { findExamples, readPage, readRepositoryFile } from "./examples.ts";

const page = await readPage("docs/contracts.md");
const REGISTRIES = {
  DidRegistry: new Interface(didRegistryAbi),
  TrustRegistry: new Interface(trustRegistryAbi),
  StatusRegistry: new Interface(statusRegistryAbi),
};

/** The form in which the page shows `function f(address a, bytes calldata b) view returns (…)`: `f(address a, bytes b)`. */
function shownSignature(full: string): string {
  // The page has a name for the only tuple among the arguments.
  const shown = full.replace(/^(?:function|error) /, "").replace(/\(uint256 word,[^)]*\)\[\]/, "Change[]");
  return shown.slice(0, shown.indexOf(")") + 1);
}

for (const [name, { fragments }] of Object.entries(REGISTRIES)) {
  const section = page.slice(page.indexOf(`\n## ${name}\n`)).split(/\n## /)[1] ?? "";

  test(`the page names every function and error of ${name} with its arguments`, () => {
    assert(section.length > 1_000);
    for (const fragment of fragments) {
      if (fragment.type !== "function" && fragment.type !== "error") continue;
      const signature = shownSignature(fragment.format("full"));
      assert(section.includes(`\`${signature}\``), `docs/contracts.md lacks ${signature} of ${name}`);
    }
  });

  test(`the page names every event of ${name} that a head commits to, with its topic`, () => {
    const events = fragments.filter(({ type }) => type === "event").map((fragment) => fragment.format("sighash"));
    const inHeads = events.filter((signature) => !/^(?:Role|DefaultAdmin)/.test(signature));
    assert(inHeads.length >= 3);
    for (const signature of inHeads) {
      assert(section.includes(`| \`${signature}\` | \`${id(signature)}\` |`), `docs/contracts.md lacks ${signature}`);
    }
  });

  test(`the page names every cap of ${name} with its value`, async () => {
    const source = await readRepositoryFile(`contracts/${name}.sol`);
    const caps = [...source.matchAll(/constant (M(?:AX|IN)_\w+) = ([0-9_]+)( days)?;/g)];
    assert(caps.length >= 2);
    for (const [, cap, value = "", days = ""] of caps) {
      const shown = Number(value.replaceAll("_", "")).toLocaleString("en").replaceAll(",", " ");
      assert(section.includes(`| \`${cap}\` | ${shown}${days} |`), `docs/contracts.md lacks ${cap} = ${shown}${days}`);
    }
  });
}

interface WorkedHead {
  readonly chainId: number;
  readonly registry: string;
  readonly issuer: string;
  readonly number: number;
  readonly list: string;
  readonly rootSeed: string;
  readonly headSeed: string;
  readonly events: readonly {
    readonly event: string;
    readonly arguments: readonly unknown[];
    readonly block: number;
    readonly time: number;
    readonly topics: readonly string[];
    readonly data: string;
    readonly head: string;
    readonly root: string;
  }[];
}

test("the worked example of a list's head and its registry's root follows the formula", async () => {
  const examples = findExamples(await readRepositoryFile("docs/contracts.md"));
  const worked = examples.get("list-head") as WorkedHead;
  const hash = (types: string[], values: unknown[]) => keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
  const seed = (kind: number, subject: string) =>
    hash(
      ["bytes32", "uint256", "address", "uint256", "bytes32"],
      [id("mapae.head.v1"), worked.chainId, worked.registry, kind, subject],
    );
  assert.equal(worked.list, hash(["address", "uint256"], [worked.issuer, worked.number]));
  assert.equal(worked.rootSeed, seed(0, `0x${"00".repeat(32)}`));
  assert.equal(worked.headSeed, seed(2, worked.list));

  let { headSeed: head, rootSeed: root } = worked;
  for (const { event, arguments: given, block, time, topics, data, ...wanted } of worked.events) {
    const fragment = REGISTRIES.StatusRegistry.getEvent(event);
    assert(fragment);
    assert.deepEqual(REGISTRIES.StatusRegistry.encodeEventLog(fragment, given), { topics, data });
    head = hash(
      ["bytes32", "uint256", "uint256", "bytes32", "bytes32"],
      [head, block, time, keccak256(concat(topics)), keccak256(data)],
    );
    root = hash(["bytes32", "bytes32"], [root, head]);
    assert.deepEqual({ head, root }, wanted);
  }
  assert.equal(worked.events.length, 2);
});

interface WorkedGrants {
  readonly typeUri: string;
  readonly typeId: string;
  readonly grants: readonly {
    readonly subject: string;
    readonly parent: string;
    readonly number: number;
    readonly grantId: string;
  }[];
}

test("the worked ids of grants follow the formula and equal those of a registry", async () => {
  const examples = findExamples(await readRepositoryFile("docs/contracts.md"));
  const { typeUri, typeId, grants } = examples.get("grant-ids") as WorkedGrants;
  assert.equal(typeId, id(typeUri));
  const { trust, ethers } = await deployRegistries();
  await trust.addType(typeUri, typeUri, typeId);
  for (const { subject, parent, number, grantId } of grants) {
    const parts = [typeId, subject, parent, number];
    const byFormula = AbiCoder.defaultAbiCoder().encode(["bytes32", "address", "bytes32", "uint256"], parts);
    assert.equal(keccak256(byFormula), grantId);
    const terms = [subject, 0n, 4_000_000_000n, true, "행정안전부"] as const;
    if (parent === ZeroHash) {
      await trust.grantRoot(typeId, ...terms);
      await ethers.provider.send("hardhat_setBalance", [subject, "0x56bc75e2d63100000"]);
      await trust.connect(await ethers.getImpersonatedSigner(subject)).accept(grantId);
    } else {
      const { subject: above } = await trust.grantOf(parent);
      await trust.connect(await ethers.getImpersonatedSigner(above)).grant(parent, ...terms);
    }
    assert.deepEqual([...(await trust.grantIds(typeId, subject, BigInt(number), 2n))], [grantId]);
  }
  assert.equal(grants.length, 4);
});

test("the page's gas figures are the measured ones, rounded to thousands", async () => {
  const gas = JSON.parse(await readRepositoryFile("test/contracts/gas.json")) as Record<string, number>;
  for (const name of [
    "setAttribute 33 B, known",
    "multicall of 3 setAttribute 33 B, known",
    "create with 2 keys and a service, multicall",
  ]) {
    const thousands = `${Math.round((gas[name] ?? 0) / 1_000)} 000`;
    assert(page.replace(/\s+/g, " ").includes(`about ${thousands}`), `${name}: ${gas[name]}`);
  }
});
