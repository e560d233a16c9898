import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";

const FILES = ["resolver/abi.ts", "cli/deploy/artifacts.json", "docs/network.schema.json"];

function generate(...args: string[]) {
  const script = join(REPOSITORY, "scripts", "generate.ts");
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

test("the generated files of contracts and schemas are committed in their current form", () => {
  const { status, stderr } = generate("--check");
  assert.equal(status, 0, stderr);
});

test("an outdated or missing generated file is detected, and npm run compile writes it again", async (t) => {
  const root = await temporaryFolder(t);
  await mkdir(join(root, "docs"));
  await mkdir(join(root, "cli", "deploy"), { recursive: true });
  const [abi = "", pinned = "", schema = ""] = FILES;
  await cp(join(REPOSITORY, pinned), join(root, pinned));
  await cp(join(REPOSITORY, schema), join(root, schema));
  const missing = generate("--check", "--root", root);
  assert.equal(missing.status, 1);
  assert.equal(missing.stderr, `${abi} is missing: run npm run compile and commit it\n`);

  assert.equal(generate("--root", root).stdout, `Wrote ${abi}\n`);
  const text = await readFile(join(root, abi), "utf8");
  assert.equal(text, await readFile(join(REPOSITORY, abi), "utf8"));

  await writeFile(join(root, abi), text.replace('"changeOwner"', '"changeOwners"'));
  const drifted = generate("--check", "--root", root);
  assert.equal(drifted.status, 1);
  assert.match(drifted.stderr, /resolver\/abi\.ts is out of date/);
});

test("the JSON schema of a network descriptor accepts a valid one and rejects an invalid one", async () => {
  const schema = JSON.parse(await readFile(join(REPOSITORY, "docs", "network.schema.json"), "utf8"));
  const validate = new Ajv.default({ strict: false }).compile(schema);
  const address = `0x${"ab".repeat(20)}`;
  const hash = `0x${"cd".repeat(32)}`;
  const contract = { address, codeHash: hash };
  const good = {
    version: 1,
    name: "gov-cdcdcdcd",
    chainId: 1,
    genesisHash: hash,
    consensus: { kind: "qbft", validators: [address] },
    finality: { kind: "depth", blocks: 3 },
    deployments: [
      {
        fromBlock: 0,
        forwarder: contract,
        timelock: contract,
        recovery: contract,
        seat: contract,
        registries: { did: contract, trust: contract, status: contract },
        slots: { heads: 0, root: 1, identities: 2 },
      },
    ],
    previous: null,
    signatures: [],
  };
  assert(validate(good), JSON.stringify(validate.errors));
  assert(!validate({ ...good, genesisHash: "0x1" }));
  assert(!validate({ ...good, deployments: [] }));
  assert(!validate({ ...good, surprise: true }));
});
