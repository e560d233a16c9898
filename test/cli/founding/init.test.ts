import assert from "node:assert/strict";
import { createECDH } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { computeAddress } from "ethers";
import { parse } from "yaml";
import { genesisExtraData, genesisOf } from "../../../cli/founding/engine/genesis.ts";
import { loadConfig } from "../../../node/config/config.ts";
import { readQbftExtraData } from "../../../resolver/chain/block/qbft-extra-data.ts";
import { networkDescriptorSchema } from "../../../resolver/index.ts";
import type { Address, Hex } from "../../../resolver/primitives/hex.ts";
import { toBytes } from "../../../resolver/primitives/hex.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import recorded from "../../vectors/proofs/besu-headers.json" with { type: "json" };
import { answerOf, errorOf, mapae, temporaryFolder } from "../harness.ts";
import { foundTogether, MEMBERS, MINISTRIES } from "./members.ts";

const CONSORTIUM = {
  label: "gov",
  chainId: 82_026_001,
  members: MINISTRIES,
};

interface Made {
  readonly folder: string;
  readonly missing: readonly string[];
  readonly genesisHash: string;
  readonly files: readonly string[];
}

/** The file of a consortium, and calls of the command as each member makes them, in a folder of its own. */
async function setUp(t: TestContext, consortium: object = CONSORTIUM) {
  const folder = await temporaryFolder(t);
  const file = join(folder, "gov.json");
  await writeFile(file, JSON.stringify(consortium));
  const args = (member: string, ...others: string[]) => [
    ...["network", "init", file, "--member", member, "--out", join(folder, member)],
    ...others.flatMap((other) => ["--public", join(folder, other, "public.json")]),
  ];
  const make = (member: string, ...others: string[]) => answerOf<Made>(args(member, ...others), {});
  const refused = async (member: string, ...others: string[]) =>
    errorOf(await mapae([...args(member, ...others), "--json"], {}));
  const read = (member: string, name: string) => readFile(join(folder, member, name), "utf8");
  const foundAll = () => foundTogether(make);
  return { folder, make, refused, read, foundAll };
}

for (const { chain, validators, genesis } of recorded.chains) {
  test(`the genesis of the recorded ${chain} is made byte for byte of its validators`, () => {
    assert.equal(genesisExtraData([...validators].reverse() as Address[]), genesis.extraData);
    const { config, ...block } = genesisOf(
      { ...CONSORTIUM, chainId: 2026, blockPeriod: 1, consensus: "qbft", funded: [], members: [] },
      validators as Address[],
    ) as typeof genesis;
    const { config: theirs, ...itsBlock } = genesis;
    assert.deepEqual(block, itsBlock);
    // Recorded chains differ in forks, and let contracts be of any size, which ours have no need of.
    assert.deepEqual({ ...theirs, ...config }, theirs);
  });
}

test("four members make the same genesis, whose extraData names their validators, and each a configuration of its own", async (t) => {
  const { read, foundAll } = await setUp(t);
  const kits = await foundAll();
  const [genesis = "", ...same] = await Promise.all(MEMBERS.map((member) => read(member, "genesis.json")));
  for (const other of same) assert.equal(other, genesis);
  assert.equal(new Set([...kits.values()].map(({ genesisHash }) => genesisHash)).size, 1);

  const keys = await Promise.all(MEMBERS.map(async (member) => (await read(member, "validator.key")).trim() as Hex));
  const publicKeys = keys.map((key) => {
    const ecdh = createECDH("secp256k1");
    ecdh.setPrivateKey(toBytes(key));
    return ecdh.getPublicKey("hex").slice(2);
  });
  const addresses = publicKeys.map((key) => computeAddress(`0x04${key}`).toLowerCase()).sort();
  const { extraData, config } = JSON.parse(genesis);
  const parsed = readQbftExtraData(toBytes(extraData));
  assert.deepEqual([parsed?.validators, parsed?.seals], [addresses, []]);
  assert.deepEqual([config.chainId, config.qbft.blockperiodseconds], [CONSORTIUM.chainId, 1]);

  for (const [at, member] of MEMBERS.entries()) {
    const peers = JSON.parse(await read(member, "static-nodes.json")) as string[];
    const enodes = publicKeys.map((key, at) => `enode://${key}@${at === 3 ? "[fd00::3]" : `10.1.0.${10 + at}`}:30303`);
    assert.deepEqual([...peers].sort(), enodes.filter((_, other) => other !== at).sort());
    const toml = await read(member, "besu.toml");
    assert.match(toml, new RegExp(`^p2p-host="${CONSORTIUM.members[at]?.host}"$`, "m"));
    for (const line of toml.split("\n")) assert.match(line, /^(?:|#.*|[a-z0-9-]+=(?:"[^"]*"|\d+|true|false|\[.*\]))$/);
    const consensus = JSON.parse(await read(member, "validators.json"));
    assert.deepEqual(networkDescriptorSchema.shape.consensus.parse(consensus), { kind: "qbft", validators: addresses });
    const { scrape_configs: jobs } = parse(await read(member, "prometheus.yml"));
    assert.deepEqual(
      jobs.map((job: { static_configs: [{ targets: string[] }] }) => job.static_configs[0].targets),
      [["127.0.0.1:9090"], ["127.0.0.1:9545"]],
    );
  }
});

test("a node takes the variables that were made for it: its own validator first, the next member's second, all others as peers", async (t) => {
  const { folder, read, foundAll } = await setUp(t);
  await foundAll();
  const lines = (await read("welfare", "node.env")).split("\n").filter((line) => /^[A-Z]/.test(line));
  const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const network = join(folder, "network.json");
  await writeFile(network, JSON.stringify(new ChainSimulator().network()));
  const config = loadConfig({ ...env, MAPAE_NETWORK: network });
  assert.deepEqual(config.secrets.rpcUrls, ["http://127.0.0.1:8545", "http://10.1.0.10:8545"]);
  assert.deepEqual(config.peers.urls, [
    "https://node.interior.example",
    "https://node.safety.example",
    "https://node.tax.example",
  ]);
});

test("no file but the key's own has a private key, and nobody else can read that one", async (t) => {
  const { folder, read, foundAll } = await setUp(t);
  await foundAll();
  for (const member of MEMBERS) {
    const key = (await read(member, "validator.key")).trim().slice(2);
    assert.equal((await stat(join(folder, member, "validator.key"))).mode & 0o777, 0o600);
    for (const other of MEMBERS) {
      for (const name of await readdir(join(folder, other))) {
        if (other === member && name === "validator.key") continue;
        assert(!(await read(other, name)).includes(key), `${other}/${name} has the key of ${member}`);
      }
    }
  }
});

test("the same files make the same bytes again, with the key that is there", async (t) => {
  const { folder, read, foundAll } = await setUp(t);
  await foundAll();
  const names = await readdir(join(folder, "tax"));
  const before = await Promise.all(names.map((name) => read("tax", name)));
  await foundAll();
  assert.deepEqual(await Promise.all(names.map((name) => read("tax", name))), before);
});

test("a joining member or a member's new key changes no byte of the genesis, once the file names the validators of block 0", async (t) => {
  const { folder, make, read, foundAll } = await setUp(t);
  await foundAll();
  const before = await read("tax", "genesis.json");
  const { validators } = JSON.parse(await read("tax", "validators.json"));
  assert((await read("tax", "README.md")).includes(`"genesisValidators": ${JSON.stringify(validators)}`));

  const culture = { id: "culture", name: "Culture", host: "10.1.0.20", url: "https://node.culture.example" };
  const joined = { ...CONSORTIUM, members: [...CONSORTIUM.members, culture] };
  const write = (consortium: object) => writeFile(join(folder, "gov.json"), JSON.stringify(consortium));
  await rm(join(folder, "welfare", "validator.key"));
  await write(joined);
  for (const id of ["welfare", "culture"]) await make(id);
  await make("tax", "interior", "safety", "welfare", "culture");
  assert.notEqual(await read("tax", "genesis.json"), before);

  await write({ ...joined, genesisValidators: validators });
  await make("tax", "interior", "safety", "welfare", "culture");
  assert.equal(await read("tax", "genesis.json"), before);
  assert.deepEqual(JSON.parse(await read("tax", "validators.json")).validators, validators);
  const peers = JSON.parse(await read("tax", "static-nodes.json")) as string[];
  assert(peers.some((peer) => peer.endsWith("@10.1.0.20:30303")));
});

test("before all public halves are there the command says whose are missing, and makes no genesis", async (t) => {
  const { folder, make } = await setUp(t);
  assert.deepEqual((await make("tax")).missing, ["interior", "safety", "welfare"]);
  await make("safety");
  assert.deepEqual((await make("tax", "safety")).missing, ["interior", "welfare"]);
  assert.deepEqual((await readdir(join(folder, "tax"))).sort(), ["public.json", "validator.key"]);
});

test("a file that would found the wrong chain is refused by what is wrong in it", async (t) => {
  const [first, second, ...rest] = CONSORTIUM.members;
  const cases: [RegExp, object][] = [
    [/chain id/, { ...CONSORTIUM, chainId: 1_337 }],
    [/chain id/, { ...CONSORTIUM, chainId: 1 }],
    [/label/, { ...CONSORTIUM, label: "local" }],
    [/same host: 10\.1\.0\.10/, { ...CONSORTIUM, members: [first, { ...second, host: "10.1.0.10" }, ...rest] }],
    [/same id: interior/, { ...CONSORTIUM, members: [first, { ...second, id: "interior" }] }],
    [/IP address/, { ...CONSORTIUM, members: [{ ...first, host: "validator.interior.example" }] }],
    [/https/, { ...CONSORTIUM, members: [{ ...first, url: "http://node.interior.example" }] }],
    [/members/, { ...CONSORTIUM, members: [] }],
    [/block 0 twice/, { ...CONSORTIUM, genesisValidators: [`0x${"11".repeat(20)}`, `0x${"11".repeat(20)}`] }],
    [/40 hex digits/, { ...CONSORTIUM, genesisValidators: ["0x11"] }],
    [/checksum/, { ...CONSORTIUM, consensus: "clique", funded: ["0x70997970C51812dc3A010C7d01b50e0d17dc79c8"] }],
    [/funds accounts/, { ...CONSORTIUM, funded: [`0x${"11".repeat(20)}`] }],
    [
      /a digit is wrong/,
      { ...CONSORTIUM, members: [first, { ...second, validator: `0x${"11".repeat(64)}` }, ...rest] },
    ],
    [/nmae/, { ...CONSORTIUM, members: [{ ...first, nmae: "x" }] }],
  ];
  for (const [says, consortium] of cases) {
    const { refused } = await setUp(t, consortium);
    const { code, message } = await refused("interior");
    assert.equal(code, "INVALID_INPUT");
    assert.match(message, says);
  }
});

test("a key that others can read, that is none, or that the others know as another is refused and never shown", async (t) => {
  const { folder, make, refused, read } = await setUp(t);
  await make("tax");
  await chmod(join(folder, "tax", "validator.key"), 0o644);
  assert.match((await refused("tax")).message, /read/);
  await mkdir(join(folder, "safety"));
  await writeFile(join(folder, "safety", "validator.key"), "a secret of another form", { mode: 0o600 });
  const { message } = await refused("safety");
  assert.match(message, /holds no key/);
  assert(!message.includes("secret of another form"));
  await make("interior");
  await make("welfare");
  const theirs = JSON.parse(await read("welfare", "public.json"));
  await writeFile(join(folder, "welfare", "public.json"), JSON.stringify({ ...theirs, id: "interior" }));
  assert.match((await refused("interior", "welfare")).message, /differs from the one that the other members have/);
  await writeFile(join(folder, "welfare", "public.json"), JSON.stringify({ ...theirs, id: "stranger" }));
  assert.match((await refused("interior", "welfare")).message, /does not name/);
  assert.match((await refused("nobody")).message, /there are interior, safety, tax, welfare/);
});
