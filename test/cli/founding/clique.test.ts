import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { computeAddress, Wallet } from "ethers";
import { parse } from "yaml";
import { networkDescriptorSchema } from "../../../resolver/index.ts";
import { answerOf, errorOf, mapae, temporaryFolder } from "../harness.ts";
import { foundTogether, MEMBERS, MINISTRIES } from "./members.ts";

const FUNDED = "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB";
const CONSORTIUM = {
  label: "drill",
  chainId: 82_026_002,
  consensus: "clique",
  funded: [FUNDED],
  members: MINISTRIES,
};

interface Made {
  readonly missing: readonly string[];
  readonly genesisHash: string;
  readonly files: readonly string[];
}

/** The file of a rehearsal, an operator's key for each member, and calls of the command as members make them. */
async function setUp(t: TestContext) {
  const folder = await temporaryFolder(t);
  const file = join(folder, "drill.json");
  await writeFile(file, JSON.stringify(CONSORTIUM));
  const password = join(folder, "operators.password");
  await writeFile(password, "a long password", { mode: 0o600 });
  for (const { id, name } of CONSORTIUM.members) {
    const key = ["signer", "new", join(folder, `${id}.jwe`), "--operator", name];
    const made = await answerOf(key, { MAPAE_SIGNER_PASSWORD_FILE: password });
    await writeFile(join(folder, `${id}.operator.json`), JSON.stringify(made));
  }
  const args = (member: string, others: readonly string[], operator = member) => [
    ...["network", "init", file, "--member", member, "--out", join(folder, member)],
    ...["--operator", join(folder, `${operator}.operator.json`)],
    ...others.flatMap((other) => ["--public", join(folder, other, "public.json")]),
  ];
  const make = (member: string, ...others: string[]) => answerOf<Made>(args(member, others), {});
  const read = (member: string, name: string) => readFile(join(folder, member, name), "utf8");
  const foundAll = () => foundTogether(make);
  return { folder, file, args, make, read, foundAll };
}

test("members of a rehearsal make the same Clique genesis, whose extraData names their validators and whose funded accounts have money", async (t) => {
  const { read, foundAll } = await setUp(t);
  const kits = await foundAll();
  const [genesis = "", ...same] = await Promise.all(MEMBERS.map((member) => read(member, "genesis.json")));
  for (const other of same) assert.equal(other, genesis);
  assert.equal(new Set([...kits.values()].map(({ genesisHash }) => genesisHash)).size, 1);

  const { extraData, config, alloc, baseFeePerGas } = JSON.parse(genesis);
  const keys = await Promise.all(MEMBERS.map((member) => read(member, "validator.key")));
  const addresses = keys.map((key) => computeAddress(key.trim()).toLowerCase()).sort();
  // EIP-225: 32 bytes of vanity, 20 of each signer, 65 of a seal that block 0 has not.
  const digits = extraData.slice(2 + 2 * 32, -2 * 65);
  assert.deepEqual(
    digits.match(/.{40}/g),
    addresses.map((address) => address.slice(2)),
  );
  assert.match(extraData, /^0x0{64}[0-9a-f]+0{130}$/);
  assert.deepEqual(config.clique, { period: 1, epoch: 30_000 });
  assert.deepEqual([config.chainId, baseFeePerGas, Object.keys(alloc)], [82_026_002, "0x0", [FUNDED.toLowerCase()]]);
});

test("each member's geth seals with its own key, and knows the other validators and nobody else", async (t) => {
  const { read, foundAll } = await setUp(t);
  await foundAll();
  for (const [at, member] of MEMBERS.entries()) {
    const key = (await read(member, "validator.key")).trim();
    const address = computeAddress(key).toLowerCase();
    assert.equal(`0x${await read(member, "nodekey")}`, key);
    const wallet = await Wallet.fromEncryptedJson(await read(member, `keystore/${address}.json`), "");
    assert.equal(wallet.privateKey, key);

    const toml = await read(member, "geth.toml");
    const fields = new Map(
      toml.split("\n").flatMap((line) => {
        assert.match(line, /^(?:|\[[A-Z][A-Za-z.0-9]+\]|[A-Z][A-Za-z0-9]+ = (?:"[^"]*"|\d+|true|false|\[.*\]))$/);
        const [name = "", value] = line.split(/ = (.*)/s);
        return value === undefined ? [] : [[name, JSON.parse(value)] as const];
      }),
    );
    assert.equal(fields.get("Etherbase"), address);
    assert.equal(fields.get("ListenAddr"), at === 3 ? "[fd00::3]:30303" : `10.1.0.${10 + at}:30303`);
    assert.equal(fields.get("StaticNodes").length, 3);
    assert.deepEqual(fields.get("TrustedNodes"), fields.get("StaticNodes"));
    // With a DialRatio of 1 it may dial all of them.
    assert.deepEqual([fields.get("MaxPeers"), fields.get("DialRatio")], [3, 1]);
    assert(!fields.get("HTTPModules").includes("admin") && !fields.get("HTTPModules").includes("personal"));
    const unit = await read(member, "geth.service");
    assert.match(unit, new RegExp(`^ExecStart=/opt/geth/geth .* --mine --unlock ${address} `, "m"));
    const { scrape_configs: jobs } = parse(await read(member, "prometheus.yml"));
    assert.deepEqual(
      jobs.map(({ job_name: job }: { job_name: string }) => job),
      ["mapae", "geth"],
    );
  }
});

test("the network's descriptor gets its operators from the kit: more than half of them attest a block", async (t) => {
  const { folder, read, foundAll } = await setUp(t);
  await foundAll();
  const consensus = networkDescriptorSchema.shape.consensus.parse(JSON.parse(await read("tax", "operators.json")));
  assert(consensus.kind === "attested");
  assert.equal(consensus.threshold, 3);
  for (const [at, { id, name }] of CONSORTIUM.members.entries()) {
    const { operator } = JSON.parse(await readFile(join(folder, `${id}.operator.json`), "utf8"));
    assert.deepEqual(consensus.operators[at], operator);
    assert.equal(operator.name, name);
  }
});

test("keys are in the files for keys alone, which nobody else can read, and stay the same when the command runs again", async (t) => {
  const { folder, read, foundAll } = await setUp(t);
  await foundAll();
  const texts = async () => {
    const all = new Map<string, string>();
    for (const member of MEMBERS) {
      const names = await readdir(join(folder, member), { recursive: true });
      for (const name of names.filter((one) => one !== "keystore"))
        all.set(`${member}/${name}`, await read(member, name));
    }
    return all;
  };
  const before = await texts();
  const secrets = /\/(?:validator\.key|nodekey|password|keystore\/0x[0-9a-f]{40}\.json)$/;
  for (const [path, text] of before) {
    if (secrets.test(path)) assert.equal((await stat(join(folder, path))).mode & 0o777, 0o600, path);
    for (const member of MEMBERS) {
      const key = (before.get(`${member}/validator.key`) ?? assert.fail()).trim().slice(2);
      if (!secrets.test(path)) assert(!text.includes(key), path);
    }
  }
  await foundAll();
  assert.deepEqual(await texts(), before);
});

test("an operator's key that is missing, of another member or private is refused", async (t) => {
  const { folder, file, args } = await setUp(t);
  const refused = async (call: readonly string[]) => errorOf(await mapae([...call, "--json"], {}));
  const without = await refused(["network", "init", file, "--member", "tax", "--out", join(folder, "tax")]);
  assert.equal(without.code, "USAGE");
  assert.match((await refused(args("tax", [], "safety"))).message, /wanted that of the member The ministry of tax/);
  const path = join(folder, "tax.operator.json");
  const { operator } = JSON.parse(await readFile(path, "utf8"));
  for (const member of ["d", "priv"]) {
    await writeFile(path, JSON.stringify({ operator: { ...operator, key: { ...operator.key, [member]: "AAAA" } } }));
    assert.match(
      (await refused(args("tax", []))).message,
      /tax\.operator\.json has the member "(?:d|priv)": it is a private key/,
    );
  }
});
