import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ChainSimulator, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { MINISTRIES } from "./founding/members.ts";
import { mapae } from "./harness.ts";

// The error for a wrong value of an option names the option, and says what was given; no chain and no node is asked first.

const DID = `did:mapae:local:${simulatedIdentity(1)}`;
const HASH = `0x${"12".repeat(32)}`;
const ACCOUNT = `0x${"12".repeat(20)}`;
const TYPE = "https://types.example/official-id/v1";
const JWK = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}';
const NONE = "/nothing/is/here";
/** A folder that can't be created: below a file. */
const BELOW_FILE = "/dev/null/folder";

/** A call of a command with all that it requires; each row adds one option to it, or replaces that option's value. */
const CALLS: Readonly<Record<string, string>> = {
  "did create": "did create --service Web=https://a.example",
  "did add-key": `did add-key ${DID} --purpose assertion --jwk ${JWK}`,
  "did add-service": `did add-service ${DID} --type Web --endpoint https://a.example`,
  "did add-delegate": `did add-delegate ${DID} --type status --delegate ${ACCOUNT}`,
  "did revoke-delegate": `did revoke-delegate ${DID} --type status --delegate ${ACCOUNT}`,
  "did set-owner": `did set-owner ${DID} ${ACCOUNT}`,
  resolve: `resolve ${DID}`,
  "type add": `type add --uri ${TYPE} --schema-uri ${TYPE}`,
  "trust root": `trust root --type ${TYPE} --to ${DID} --label a`,
  "trust grant": `trust grant --parent ${HASH} --to ${DID} --label a`,
  "trust withdraw": `trust withdraw ${HASH}`,
  "trust extend": `trust extend ${HASH} --not-after 2031-01-01`,
  "trust show": `trust show ${DID}`,
  "status create": `status create ${DID} --number 0 --type ${TYPE} --base-uri https://a.example`,
  "status allocate": `status allocate ${DID} 0`,
  "status revoke": `status revoke ${DID} 0 --index 1`,
  "status suspend": `status suspend ${DID} 0 --index 1`,
  "status reinstate": `status reinstate ${DID} 0 --index 1`,
  "status checkpoint": `status checkpoint ${DID} 0`,
  "status show": `status show ${DID} 0`,
  verify: "verify a.b.c",
  "bundle make": "bundle make",
  gate: "gate --policy policy.json --data data",
  driver: "driver",
  "audit token": "audit token key.jwe --audience https://a.example",
  doctor: "doctor",
  "signer new": "signer new key.jwe",
  "network deploy": "network deploy --label gov",
  "network roles": "network roles",
  "network init": "network init consortium.json --member interior --out made",
  "relay cancel": "relay cancel",
  "validators hung": "validators hung",
  "council sign": "council sign proposal.json",
  "council replace-key": `council replace-key ${ACCOUNT} ${ACCOUNT}`,
  "council replace": `council replace ${ACCOUNT}`,
  "did take-over": `did take-over ${DID}`,
  "network show": "network show",
};

/** Wrong values of each option that has one, by the option. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  "did create --key": ["assertion", "sign={}", `assertion=${NONE}`],
  "did create --service": ["Web", "We b=https://a.example", "Web=nonsense", `${"a".repeat(30)}=https://a.example`],
  "did create --valid-for": ["1w"],
  "did add-key --purpose": ["sign", "keyAgreement"],
  "did add-key --jwk": [NONE, '{"kty":"RSA"}'],
  "did add-key --valid-for": ["365"],
  "did add-service --type": ["We/b", "a".repeat(30)],
  "did add-service --endpoint": ["nonsense", "[]"],
  "did add-service --fragment": ["controller", "a-b", "a".repeat(30)],
  "did add-service --valid-for": ["-1d"],
  "did add-delegate --type": ["a".repeat(32), "état"],
  "did add-delegate --delegate": ["0x12", `0x${"aB".repeat(20)}`],
  "did add-delegate --valid-for": [""],
  "did revoke-delegate --type": [""],
  "did revoke-delegate --delegate": [DID],
  "did set-owner --signature": ["0x12", HASH],
  "resolve --version-id": ["-1", "1e3", "9007199254740993"],
  "resolve --version-time": ["2026-02-30", "yesterday"],
  "resolve --proofs": ["foo", "ftp://a.example"],
  "type add --uri": ["HTTPS://a.example", "nonsense"],
  "type add --schema-uri": ["nonsense", `https://a.example/${"a".repeat(200)}`],
  "type add --schema": [NONE],
  "type add --schema-hash": ["0x12"],
  "type add --after": ["1"],
  "trust root --type": ["0x12", "nonsense"],
  "trust root --to": ["did:web:a.example", ACCOUNT],
  "trust root --label": ["", "a\u202eb", "가".repeat(33)],
  "trust root --not-before": ["2026"],
  "trust root --not-after": ["2026-13-01"],
  "trust root --valid-for": ["forever"],
  "trust root --after": ["0x"],
  "trust grant --to": ["nobody"],
  "trust grant --label": [" "],
  "trust grant --not-before": ["now"],
  "trust grant --not-after": ["1969-12-31"],
  "trust grant --valid-for": ["1"],
  "trust grant --parent": ["0x12"],
  "trust withdraw --from": ["1970-01-01", "today"],
  "trust extend --not-after": ["2026-02-30"],
  "trust extend --after": ["x"],
  "trust show --type": ["0x12"],
  "trust show --at": ["today"],
  "trust show --as-of": ["newest", "9007199254740993"],
  "trust show --node": ["foo"],
  "status create --number": ["-1", "01", String(2n ** 256n)],
  "status create --type": ["nonsense"],
  "status create --base-uri": ["http://a.example", "https://a.example/", "https://u@a.example"],
  "status create --size": ["0", "256", "130816", "131073", "524544"],
  "status allocate --count": ["0", "x"],
  "status checkpoint --from": ["-1", "2048"],
  "status checkpoint --count": ["0", "2049"],
  "status show --index": ["a", "9-3", "524288", ","],
  "status show --file": [NONE],
  "verify --node": ["foo", "http://u:%@a.example"],
  "verify --proofs": ["a.example:8080"],
  "verify --max-age": ["15"],
  "bundle make --types": ["nonsense", `${TYPE},0x12`],
  "bundle make --since": ["monday", "-1"],
  "bundle make --node": ["foo"],
  "gate --policy": [NONE],
  "gate --data": [BELOW_FILE],
  "gate --bundle": [NONE],
  "gate --url": ["foo", "ftp://a.example"],
  "gate --every": ["0s", "25d", "1"],
  "gate --port": ["65536", "http"],
  "driver --node": ["foo", "http://a.example,foo"],
  "audit token --valid-for": ["0s", "301s", "x"],
  "doctor --issuer": ["did:web:a.example"],
  "doctor --node": ["foo"],
  "signer new --issuer": ["did:web:a.example"],
  "signer new --operator": ["", "a\u0007b"],
  "signer new --algorithm": ["RS256"],
  "network deploy --label": ["Gov", "a".repeat(17)],
  "network deploy --consensus": [NONE],
  "network deploy --governance": [NONE],
  "network deploy --finality": ["0", "soon"],
  "network roles --governance": [NONE],
  "network init --member": ["nobody"],
  "network init --public": [NONE],
  "network init --operator": [NONE],
  "relay cancel --count": ["0", "101"],
  "validators hung --for": ["0s"],
  "council sign --safe": ["0x12"],
  "council replace-key --safe": [`0x${"aB".repeat(20)}`],
  "council replace --after": ["0x"],
  ...Object.fromEntries(
    ["revoke", "suspend", "reinstate"].flatMap((action) => [
      [`status ${action} --index`, ["x", "5-"]],
      [`status ${action} --file`, [NONE]],
      [`status ${action} --reason`, [NONE]],
    ]),
  ),
  // Those of every command, each at a command that uses it.
  "network show --network": [NONE],
  "network roles --rpc": ["foo", "http://u:geheim%@a.example"],
  "did take-over --keystore": [NONE],
  "relay cancel --gas-price": ["-1", "1 gwei"],
};

/** Options of which every value is a good one: any text, or a file or folder that is written or may appear later. */
const ANY_VALUE = [
  ...["type add --salt", "trust root --salt", "trust extend --salt", "council replace --salt"],
  ...["bundle make --out", "network deploy --out", "network init --out", "council found --out"],
  ...["gate --folder", "status allocate --folder", "audit token --audience"],
];

/** Options that are given in place of one that the call above has. */
const INSTEAD: Readonly<Record<string, string>> = { "--file": "--index", "--key": "--service" };
/** Further options that an option requires. */
const WITH: Readonly<Record<string, readonly string[]>> = {
  "type add --uri": ["--schema-hash", HASH],
  "type add --schema-uri": ["--schema-hash", HASH],
  "type add --after": ["--schema-hash", HASH],
  "doctor --node": ["--issuer", DID],
  "signer new --algorithm": ["--issuer", DID],
  "network deploy --finality": ["--consensus", "consensus.json"],
  "network deploy --governance": ["--consensus", "consensus.json"],
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mapae-test-"));
  const write = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value));
  await write("network.json", new ChainSimulator().network());
  await write("consensus.json", { kind: "qbft", validators: [ACCOUNT] });
  await write("policy.json", { audience: "gate", types: { [TYPE]: {} } });
  await write("consortium.json", {
    label: "gov",
    chainId: 82_026_001,
    consensus: "clique",
    funded: [ACCOUNT],
    members: MINISTRIES,
  });
});
after(() => rm(folder, { recursive: true, force: true }));

/** The arguments of a call with a wrong value. */
function callWith(command: string, option: string, value: string): string[] {
  const base = (CALLS[command] ?? assert.fail(command)).split(" ");
  for (const other of [option, INSTEAD[option]]) {
    const at = other === undefined ? -1 : base.indexOf(other);
    if (at >= 0) base.splice(at, 2);
  }
  const beside = WITH[`${command} ${option}`] ?? [];
  return [...base, ...beside].map(inFolder).concat(option, value);
}

const inFolder = (text: string) => (/^(?:data|made|\w+\.json)$/.test(text) ? join(folder, text) : text);

for (const [name, values] of Object.entries(WRONG)) {
  const [command, option = ""] = name.split(" --");
  test(`${name} of a wrong value is an error that names it, before anything is asked`, async () => {
    for (const value of values) {
      const args = callWith(command ?? "", `--${option}`, value);
      const env = { MAPAE_NETWORK: join(folder, "network.json"), MAPAE_RPC_URLS: "http://127.0.0.1:2" };
      const { code, stdout, stderr } = await mapae(args, env);
      const { error } = await mapae([...args, "--json"], env).then((said) => JSON.parse(said.stderr));
      assert.deepEqual([code, stdout, error.exitCode], [2, "", 2], stderr);
      assert.ok(error.message.includes(`--${option}`), `${name} ${value}: ${error.message}`);
      const got = JSON.stringify(value).slice(1, 8);
      const isSaid = /\bgot\b/i.test(error.message) || [got, NONE].some((one) => error.message.includes(one));
      // For a URL with a password, the error does not show the value.
      assert.ok(isSaid || /password/.test(error.message), `${name} ${value}: ${error.message}`);
      assert.doesNotMatch(stderr, /geheim/);
    }
  });
}

test("every option of the help that takes a value is one of these", async () => {
  const found = (await optionsBelow([])).toSorted();
  const ofAll = Object.keys(WRONG).map((name) => name.replace(/^.* (?=--(?:network|rpc|keystore|gas-price)$)/, ""));
  assert.deepEqual(found, [...new Set([...ofAll, ...ANY_VALUE, "--relay"])].toSorted());
});

/** The options with a value that the help of some commands lists, each behind its command. */
async function optionsBelow(path: readonly string[]): Promise<string[]> {
  const { stdout } = await mapae([...path, "--help"], {});
  const [own = "", below = ""] = stdout.split(/^Commands:$/m);
  const options = [...own.matchAll(/^ {2}(--[a-z-]+) </gm)].map(([, name]) => [...path, name].join(" "));
  const names = [...(below.split(/^$/m, 1)[0] ?? "").matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = ""]) => name);
  const deeper = await Promise.all(
    names.filter((name) => name !== "help").map((name) => optionsBelow([...path, name])),
  );
  return [...options, ...deeper.flat()];
}

for (const command of [
  "council execute proposal.json",
  "council found bodies.json",
  "network deploy --label local",
  "relay requests.jsonl",
  "relay cancel",
]) {
  test(`mapae ${command} can't be signed for a relayer, and does not send what was to be signed only`, async () => {
    const args = [...command.split(" ").map(inFolder), "--relay", join(folder, "signed.jsonl"), "--json"];
    const { code, stderr } = await mapae(args, { MAPAE_RPC_URLS: "http://127.0.0.1:2" });
    const { error } = JSON.parse(stderr);
    assert.deepEqual([code, error.code], [2, "USAGE"], stderr);
    assert.match(error.message, /: leave --relay out$/);
  });
}
