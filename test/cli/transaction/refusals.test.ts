import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { answerOf, errorOf, mapae, startNetwork, temporaryFolder } from "../harness.ts";

const folder = await temporaryFolder({ after });
const network = await startNetwork(folder);
after(() => network.chain.stop());
const account = 1;
const { address } = developmentAccount(account);
const signing = JSON.stringify(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }));
const edKey = generateKeyPairSync("ed25519");
const ed25519 = JSON.stringify(edKey.publicKey.export({ format: "jwk" }));
const secret = edKey.privateKey.export({ format: "jwk" });
const x25519 = JSON.stringify(generateKeyPairSync("x25519").publicKey.export({ format: "jwk" }));
const offCurve = JSON.stringify({ ...JSON.parse(signing), y: "A".repeat(43) });

await answerOf(["did", "create", "--service", "LinkedDomains=https://a.example"], network.as(account));
await writeFile(join(folder, "not.json"), "{", { mode: 0o600 });
await writeFile(join(folder, "long.json"), " ".repeat(70_000), { mode: 0o600 });
await writeFile(join(folder, "latin1.json"), Buffer.from([0x7b, 0xe9, 0x7d]), { mode: 0o600 });
await writeFile(join(folder, "none.json"), '{"kind":"none"}', { mode: 0o600 });
const operators = [{ name: "tax", key: secret }];
await writeFile(join(folder, "private.json"), JSON.stringify({ kind: "attested", threshold: 1, operators }));
await writeFile(join(folder, "qbft.json"), '{"kind":"qbft","validators":["0x1"]}', { mode: 0o600 });

/** Arguments as one would type them; `$did`, `$dir` and so on are filled in below. */
type Row = [args: string, exitCode: number, code: string, message: RegExp, env?: Record<string, string>];

const did = `did:mapae:local:${address}`;
const addKey = `did add-key ${did} --purpose assertion --jwk`;
const addService = `did add-service ${did} --type`;

const ROWS: Row[] = [
  ["gate --policy $dir/not.json --data $dir/gate --every 30d", 2, "INVALID_INPUT", /from 1s to 24d; got 30d/],
  ["validators hung --for 30d", 2, "INVALID_INPUT", /from 1s to 24d; got 30d/],
  // usage
  ["", 2, "USAGE", /command is missing/],
  ["did", 2, "USAGE", /command is missing/],
  ["frobnicate", 2, "USAGE", /unknown command 'frobnicate'; see mapae --help$/],
  ["did shwo x", 2, "USAGE", /unknown command 'shwo' \(did you mean show\?\); see mapae did --help$/],
  ["resolve", 2, "USAGE", /missing required argument 'did'; see mapae resolve --help$/],
  ["resolve a b", 2, "USAGE", /too many arguments.* a, b; see mapae resolve --help$/],
  [`resolve ${did} --verison-id 3`, 2, "USAGE", /unknown option '--verison-id'/],
  [`did add-key ${did} --purpose assertion`, 2, "USAGE", /--jwk/],
  [
    `${addKey.replace("assertion", "signing")} ${signing}`,
    2,
    "USAGE",
    /one of assertion, authentication, keyAgreement/,
  ],
  [`resolve ${did} --proofs 127.0.0.1:8080`, 2, "USAGE", /^--proofs: A node's URL is .*got "127.0.0.1:8080"/],
  ["verify a --node ftp://u:geheim@host", 2, "USAGE", /^--node: A node's URL is .*got "ftp:\/\/…@host"/],
  [`trust show ${did} --node localhost:8080`, 2, "USAGE", /^--node: A node's URL is/],
  [`doctor --issuer ${did} --node foo`, 2, "USAGE", /^--node: A node's URL is/],
  ["bundle make --node foo", 2, "USAGE", /^--node: A node's URL is/],
  ["did create", 2, "USAGE", /at least one --key or --service/],
  ["did create --key signing.json", 2, "USAGE", /<purpose>=<file or JSON>/],
  [`did create --key signing=${signing}`, 2, "USAGE", /one of assertion/],
  ["did create --service https://a.example", 2, "USAGE", /<Type>\[\/<fragment>\]=<endpoint>/],
  ["--private-key 0xdeadbeef did create", 2, "USAGE", /never goes into a command line/],
  ["did create --private-key", 2, "USAGE", /never goes into a command line/],
  // input
  ["resolve did:mapae:local:0x12", 2, "INVALID_DID", /wanted did:mapae:<network>/],
  [
    `resolve ${did.toUpperCase().replace("DID:MAPAE", "did:mapae")}`,
    2,
    "INVALID_DID",
    /did you mean did:mapae:local:0x70/,
  ],
  [`resolve did:mapae:gov:${address}`, 2, "INVALID_DID", /with a network such as local or gov-0a1b2c3d/],
  [
    "verify $dir/not.json",
    2,
    "CREDENTIAL_MALFORMED",
    /not a credential that can be verified: It is no SD-JWT and no JWT/,
  ],
  ["resolve did:web:a.example", 2, "METHOD_NOT_SUPPORTED", /did:web is not served here/],
  [`resolve did:mapae:gov-0a1b2c3d:${address}`, 2, "FEATURE_NOT_SUPPORTED", /gov-0a1b2c3d is not known here/],
  [`did show did:mapae:gov-0a1b2c3d:${address}`, 2, "INVALID_INPUT", /is of network gov-0a1b2c3d/],
  [`resolve ${did} --version-id x`, 2, "INVALID_INPUT", /^--version-id: A block is .*got "x"/],
  [`resolve ${did} --version-time yesterday`, 2, "INVALID_INPUT", /^--version-time: A time is like .*got "yesterday"/],
  [`resolve ${did} --version-id 1 --version-time 2026-01-01T00:00:00Z`, 2, "INVALID_OPTIONS", /one of them/],
  [`${addKey} $dir/missing.json`, 2, "INVALID_INPUT", /Can't read the public JWK.*ENOENT/],
  [`${addKey} $dir`, 2, "INVALID_INPUT", /Can't read the public JWK.*EISDIR/],
  [`${addKey} $dir/not.json`, 2, "INVALID_INPUT", /is no JSON/],
  [`${addKey} $dir/long.json`, 2, "INVALID_INPUT", /longer than 8192 bytes/],
  [`${addKey} $dir/latin1.json`, 2, "INVALID_INPUT", /is no UTF-8/],
  [`${addKey} {}`, 2, "INVALID_INPUT", /no public JWK of P-256/],
  [`${addKey} {"kty":"RSA","n":"AQ","e":"AQAB"}`, 2, "INVALID_INPUT", /no public JWK of P-256/],
  [`${addKey} ${offCurve}`, 2, "INVALID_INPUT", /no key of P-256/],
  [`${addKey} ${JSON.stringify(secret)}`, 2, "INVALID_INPUT", /"d": it is a private key/],
  [`${addKey} ${x25519}`, 2, "INVALID_INPUT", /X25519 can't serve for assertion/],
  [`${addKey.replace("assertion", "keyAgreement")} ${ed25519}`, 2, "INVALID_INPUT", /Ed25519 can't serve for keyAgree/],
  [`${addKey} ${signing} --valid-for tomorrow`, 2, "INVALID_INPUT", /such as 365d; got "tomorrow"/],
  [`${addKey} ${signing} --valid-for -1d`, 2, "INVALID_INPUT", /such as 365d; got "-1d"/],
  [`${addService} Linked-Domains --endpoint https://a.example`, 2, "INVALID_INPUT", /type has only.*"Linked-Domains"/],
  [`${addService} X --fragment a/b --endpoint https://a.example`, 2, "INVALID_INPUT", /fragment has only/],
  [`${addService} X --fragment controller --endpoint https://a.example`, 2, "INVALID_INPUT", /the owner's own/],
  [
    `${addService} ${"X".repeat(25)} --endpoint https://a.example`,
    2,
    "INVALID_INPUT",
    /33 characters, the registry takes 32/,
  ],
  [`${addService} X --endpoint nonsense`, 2, "INVALID_INPUT", /no URI, and no JSON for an endpoint/],
  [`${addService} X --endpoint "quoted"`, 2, "INVALID_INPUT", /endpoint/],
  [
    `${addService} X --endpoint https://a.example/${"x".repeat(4_096)}`,
    2,
    "INVALID_INPUT",
    /at most 4096 bytes, got 4114/,
  ],
  [`did set-owner ${did} 0x${"0".repeat(40)}`, 2, "INVALID_INPUT", /mapae did deactivate/],
  [`did set-owner ${did} 0x12`, 2, "INVALID_INPUT", /0x and 40 hex digits, got "0x12"/],
  [`did set-owner ${did} 0x70997970C51812dc3A010C7d01b50e0d17dc79c8`, 2, "INVALID_INPUT", /checksum/],
  [`${addService} X --endpoint https://a.example --relay $dir`, 2, "INVALID_INPUT", /Can't read .*EISDIR/],
  [
    `${addService} X --endpoint https://a.example --relay $dir/none/requests.jsonl`,
    2,
    "CONFIGURATION",
    /Can't write .*requests\.jsonl: ENOENT/,
  ],
  [`did revoke-key ${did} a/b`, 2, "INVALID_INPUT", /thumbprint or fragment, got "a\/b"/],
  [`did create --service X=https://a.example`, 2, "ALREADY_EXISTS", /exists since block/],
  ["key new $dir/new.json", 2, "INVALID_INPUT", /at least 8 characters/, { MAPAE_KEYSTORE_PASSWORD: "short" }],
  ["key new $dir/new.json", 2, "NO_SIGNER", /No terminal to ask .*MAPAE_KEYSTORE_PASSWORD_FILE/],
  [`signer new $dir/new.jwe --issuer ${did}`, 2, "NO_SIGNER", /No terminal to ask .*set MAPAE_SIGNER_PASSWORD_FILE$/],
  ["key new $dir/not.json", 2, "ALREADY_EXISTS", /not.json exists/],
  ["key new $dir/not.json/a", 2, "CONFIGURATION", /Can't write/, { MAPAE_KEYSTORE_PASSWORD: "long enough" }],
  // configuration
  [`resolve ${did} --network $dir/missing.json`, 2, "INVALID_INPUT", /Can't read the network descriptor/],
  [`resolve ${did} --network $dir/none.json`, 2, "INVALID_DESCRIPTOR", /version: .*expected number/],
  [`resolve ${did}`, 2, "CONFIGURATION", /No network.*npm start/, { MAPAE_NETWORK: "", MAPAE_HOME: "$dir/nowhere" }],
  [`resolve ${did}`, 2, "CONFIGURATION", /MAPAE_RPC_URL: .*did you mean MAPAE_RPC_URLS\?/, { MAPAE_RPC_URL: "x" }],
  [`${addKey} ${signing}`, 2, "CONFIGURATION", /did you mean MAPAE_KEYSTORE\?/, { MAPAE_KEYSTOR: "x" }],
  ["start", 2, "CONFIGURATION", /MAPAE_HTPP_PORT: .*did you mean MAPAE_HTTP_PORT\?/, { MAPAE_HTPP_PORT: "1" }],
  [`resolve ${did} --rpc localhost:8545`, 2, "CONFIGURATION", /http:\/\/ or https:\/\/; --rpc is "localhost:8545"/],
  [
    `resolve ${did}`,
    2,
    "CONFIGURATION",
    /MAPAE_RPC_URLS is "ftp:\/\/…@host"/,
    { MAPAE_RPC_URLS: "ftp://u:geheim@host" },
  ],
  [`resolve ${did}`, 2, "CONFIGURATION", /MAPAE_RPC_URLS is ""/, { MAPAE_RPC_URLS: ",http://127.0.0.1:2" }],
  [`${addKey} ${signing} --gas-price 1.5`, 2, "CONFIGURATION", /--gas-price is a number of wei, got "1.5"/],
  [`${addKey} ${signing}`, 2, "CONFIGURATION", /MAPAE_GAS_PRICE is a number of wei/, { MAPAE_GAS_PRICE: "cheap" }],
  [`${addKey} ${signing}`, 2, "NO_SIGNER", /No key to sign with.*mapae key new/, { MAPAE_PRIVATE_KEY: "" }],
  [
    `${addKey} ${signing}`,
    2,
    "NO_SIGNER",
    /MAPAE_KEYSTORE and MAPAE_PRIVATE_KEY are set/,
    { MAPAE_KEYSTORE: "$dir/not.json" },
  ],
  [
    `${addKey} ${signing}`,
    2,
    "NO_SIGNER",
    /MAPAE_ACCOUNT_PKCS11 needs MAPAE_SIGNER_PKCS11_MODULE/,
    { MAPAE_PRIVATE_KEY: "", MAPAE_ACCOUNT_PKCS11: "member" },
  ],
  [`${addKey} ${signing}`, 2, "NO_SIGNER", /is no private key/, { MAPAE_PRIVATE_KEY: "0xgeheim" }],
  [`${addKey} ${signing} --keystore $dir/missing.json`, 2, "INVALID_INPUT", /Can't read the keystore/],
  [`${addKey} ${signing} --keystore $dir/not.json`, 2, "NO_SIGNER", /No terminal to ask/],
  [
    `${addKey} ${signing} --keystore $dir/none.json`,
    2,
    "NO_SIGNER",
    /no encrypted JSON keystore/,
    { MAPAE_KEYSTORE_PASSWORD: "x" },
  ],
  [
    `${addKey} ${signing} --keystore $dir/none.json`,
    2,
    "INVALID_INPUT",
    /password file/,
    { MAPAE_KEYSTORE_PASSWORD_FILE: "$dir/no" },
  ],
  ["node", 2, "CONFIG", /MAPAE_HTTP_PORT: got "x"/, { MAPAE_HTTP_PORT: "x" }],
  ["start", 2, "CONFIGURATION", /MAPAE_CHAIN_PORT is a port from 1 to 65535, got "0"/, { MAPAE_CHAIN_PORT: "0" }],
  ["network deploy", 2, "USAGE", /--label/],
  ["network deploy --label Gov", 2, "USAGE", /\[a-z\]\[a-z0-9\]\{0,15\}, got "Gov"/],
  ["network deploy --label gov", 2, "USAGE", /needs --consensus/],
  ["network deploy --label local --consensus $dir/none.json", 2, "USAGE", /local has no consensus/],
  ["network deploy --label gov --consensus $dir/none.json", 2, "INVALID_INPUT", /none is for the network local only/],
  ["network deploy --label gov --consensus $dir/qbft.json", 2, "INVALID_INPUT", /40 lower-case hex digits/],
  ["network deploy --label gov --consensus $dir/private.json", 2, "INVALID_INPUT", /of the operator tax .*private key/],
  ["network deploy --label local --finality soon", 2, "USAGE", /instant or a number of blocks/],
  ["network deploy --label local --out $dir/network.json", 2, "ALREADY_DEPLOYED", /--force/],
  // absent
  [`resolve did:mapae:local:0x${"9".repeat(40)}`, 3, "NOT_FOUND", /never written/],
  [`did show did:mapae:local:0x${"9".repeat(40)}`, 3, "NOT_FOUND", /mapae did create/],
  [`trust show ${did} --type urn:none`, 3, "NOT_FOUND", /no credential type urn:none as of block/],
  [`did revoke-key ${did} ${"A".repeat(43)}`, 3, "NOT_FOUND", /never had the key/],
  [`did revoke-delegate ${did} --type status --delegate ${address}`, 3, "NOT_FOUND", /never had the delegate 0x7/],
  // out of reach
  [`resolve ${did} --version-id 1000000`, 4, "UNAVAILABLE", /ask again later/],
  [`resolve ${did} --rpc http://127.0.0.1:2`, 4, "UNAVAILABLE", /Could not ask the chain/],
  [`did show ${did} --rpc http://127.0.0.1:2`, 4, "UNAVAILABLE", /Could not ask the chain/],
  ["network deploy --label local --out $dir/other.json --rpc http://127.0.0.1:2", 4, "UNAVAILABLE", /Could not ask/],
  // refused
  [`${addKey} ${signing} --valid-for 36526d`, 5, "REFUSED", /3155846400 seconds is longer than 3155760000/],
];

for (const [args, exitCode, code, message, env = {}] of ROWS) {
  const name = args.length > 90 ? `${args.slice(0, 90)}…` : args;
  test(`mapae ${name} ${JSON.stringify(env)} ends with ${exitCode} ${code}, no stack trace, nothing written`, async () => {
    const before = await traces();
    const fill = (text: string) => text.replace("$dir", folder);
    const words = args === "" ? [] : args.split(" ").map(fill);
    const filled = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value)]));

    const machine = await mapae([...words, "--json"], { ...network.as(account), ...filled });
    assert.deepEqual([machine.code, errorOf(machine).code, errorOf(machine).exitCode], [exitCode, code, exitCode]);
    assert.match(errorOf(machine).message, message);

    const person = await mapae(words, { ...network.as(account), ...filled });
    assert.equal(person.code, exitCode);
    assert.match(person.stderr, /^Error: /m);
    for (const { stderr } of [machine, person]) assert.doesNotMatch(stderr, /\n +at |geheim|deadbeef/);
    assert(!person.stderr.includes(String(secret.d)));
    assert.deepEqual(await traces(), before);
  });
}

/** Possible traces of a command: files, and transactions of the signing account. */
async function traces(): Promise<unknown> {
  return [(await readdir(folder)).sort(), await network.chain.rpc("eth_getTransactionCount", [address, "pending"])];
}

test("a chain that is another network's, or answers nonsense, is told by name", async () => {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { id, method } = JSON.parse(body);
      const result = method === "eth_chainId" ? "0x1" : "nonsense";
      response.end(request.url === "/nonsense" ? "<html>" : JSON.stringify({ jsonrpc: "2.0", id, result }));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const other = await mapae(["did", "show", did, "--rpc", url, "--json"], network.env);
    assert.deepEqual([other.code, errorOf(other).code], [2, "NETWORK_MISMATCH"]);
    assert.match(errorOf(other).message, /chain id is 1, the descriptor wants 31337/);
    const nonsense = await mapae(["resolve", did, "--rpc", `${url}/nonsense`, "--json"], network.env);
    assert.deepEqual([nonsense.code, errorOf(nonsense).code], [4, "UNAVAILABLE"]);
  } finally {
    server.close();
  }
});

test("MAPAE_DEBUG=1 shows where an error came from", async () => {
  const outcome = await mapae(["resolve", "did:web:x"], { ...network.env, MAPAE_DEBUG: "1" });
  assert.match(outcome.stderr, /\n +at /);
});

test("help is exit code 0, names every command's example, and lists the exit codes", async () => {
  const { code, stdout } = await mapae(["--help"], {});
  assert.equal(code, 0);
  for (const exit of [0, 1, 2, 3, 4, 5]) assert.match(stdout, new RegExp(`^  ${exit}  `, "m"));
  const commands = ["network deploy", "network show", "did create", "did add-key", "did add-service", "did revoke-key"];
  for (const command of [...commands, "did set-owner", "did deactivate", "did show", "resolve", "key new", "doctor"]) {
    const help = await mapae([...command.split(" "), "--help"], {});
    assert.equal(help.code, 0);
    assert.match(help.stdout, new RegExp(`\\$ mapae ${command}`));
  }
  assert.equal((await mapae(["--version"], {})).stdout.trim(), "0.1.0");
});
