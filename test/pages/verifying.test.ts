import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { importJWK, SignJWT } from "jose";
import { newKey, signerOf } from "../../node/issuing/key-file.ts";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { readRepositoryFile } from "../docs/examples.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { serveChain } from "../helpers/served-chain.ts";
import { ask } from "../node/http/raw.ts";
import { DID, publish, status, URI } from "../node/lists/served-node.ts";

// Runs the examples of the verifier's guide with a real node that follows a chain in this process.

const TYPE = "https://types.example/0";
/** Indexes of credentials in the issuer's list. */
const [GOOD, REVOKED] = [41, 7];

const page = await readRepositoryFile("docs/verifying.md");
const folder = await temporaryFolder({ after });
const key = newKey(DID, "ES256");
const unixNow = () => Math.floor(Date.now() / 1_000);

/** The blocks of the page with a mark such as `example=`, by name. */
function blocks(mark: "example" | "answers" | "file"): Map<string, string> {
  const found = [...page.matchAll(new RegExp(`^\`\`\`\\w+ ${mark}=(\\S+)\\n(.*?)^\`\`\`$`, "gms"))];
  assert(found.length > 0, mark);
  return new Map(found.map(([, name = "", text = ""]) => [name, text]));
}

const examples = blocks("example");
const used = new Set<string>();
let served: Awaited<ReturnType<typeof serveChain>>;
const closing: (() => Promise<void>)[] = [];

function example(name: string): string {
  used.add(name);
  return examples.get(name) ?? assert.fail(`the page has no example ${name}`);
}

/** Runs an example as a shell in the verifier's folder does. */
async function shell(name: string): Promise<string> {
  const env = {
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    NODE: served.url,
    DID,
    TYPE,
    LIST: `${served.url}/status-lists/${simulatedIdentity(1)}/0`,
  };
  return (await promisify(execFile)("sh", ["-ec", example(name)], { cwd: folder, env, timeout: 120_000 })).stdout;
}

/** The error output of a program of the page that fails. */
async function refusal(name: string): Promise<string> {
  const failure = await shell(name).then(
    (stdout) => assert.fail(`the program did not fail: ${stdout}`),
    (error: { stderr: string }) => error.stderr,
  );
  return failure;
}

async function issue({ signing = key, index = GOOD, type = TYPE } = {}): Promise<void> {
  const credential = {
    vc: {
      "@context": ["https://www.w3.org/2018/credentials/v1"],
      type: ["VerifiableCredential", type],
      credentialSubject: { office: "welfare" },
    },
    status: { status_list: { idx: index, uri: URI } },
  };
  const jwt = await new SignJWT(credential)
    .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: signerOf(signing).keyId })
    .setIssuer(DID)
    .setSubject("did:example:holder")
    .setIssuedAt()
    .sign(await importJWK(signing, "ES256"));
  await writeFile(join(folder, "credential.jwt"), `${jwt}\n`);
}

before(async () => {
  const writes: SimulatedWrite[][] = [
    [{ do: "type", type: 0 }],
    [
      { do: "grant", identity: 0, type: 0, parent: null },
      { do: "accept", identity: 0, type: 0, number: 0 },
      { do: "grant", identity: 1, type: 0, parent: 0 },
      { do: "accept", identity: 1, type: 0, number: 0 },
    ],
    [publish(signerOf(key)), { do: "list", identity: 1, list: 0 }, status(0, [REVOKED, 8, 9])],
  ];
  // A list's signature is valid for a day from the newest block's time, so that block has the time of this machine's clock.
  const genesis = new ChainSimulator().branch[0] ?? assert.fail();
  const chain = new ChainSimulator({ seconds: Math.floor((unixNow() - genesis.time) / (writes.length + 1)) });
  for (const block of writes) chain.mine(block);
  served = await serveChain({ after: (close) => closing.push(close) }, chain, { signers: [signerOf(key)] });
  served.state.now = unixNow();
  for (const name of ["mapae", "did-resolver", "jose"]) {
    await mkdir(join(folder, "node_modules"), { recursive: true });
    const path = name === "mapae" ? REPOSITORY : join(REPOSITORY, "node_modules", name);
    await symlink(path, join(folder, "node_modules", name), "junction");
  }
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  for (const [name, text] of blocks("file")) await writeFile(join(folder, name), text);
  await issue();
});
after(() => Promise.all(closing.map((close) => close())));

test("the page's command saves the descriptor of the node", async () => {
  await shell("descriptor");
  assert.deepEqual(JSON.parse(await readFile(join(folder, "network.json"), "utf8")), served.network);
});

test("curl returns the issuer's document with the block that it is as of", async () => {
  const { didDocument, didResolutionMetadata } = JSON.parse(await shell("resolve"));
  assert.deepEqual(didDocument.assertionMethod, [signerOf(key).keyId]);
  assert.equal(didResolutionMetadata.asOf.hash, served.index.asOf()?.hash);
});

test("curl returns the issuer's accreditations, now and at another time", async () => {
  for (const name of ["accredited", "accredited-then"]) {
    const { accreditations, at } = JSON.parse(await shell(name));
    assert.deepEqual([accreditations.length, accreditations[0].holds], [1, true]);
    assert.equal(at === "2026-01-01T00:00:00Z", name === "accredited-then");
  }
});

test("curl returns the status list as a JWT", async () => {
  assert.match(await shell("status-list"), /^[\w-]+\.[\w-]+\.[\w-]+\n?$/);
});

for (const [name, shown] of blocks("answers")) {
  test(`${name} is answered over the wire as the page shows`, async () => {
    const request = example(name).replace("{did}", DID).replaceAll("\n", "\r\n");
    const answer = (await ask(Number(new URL(served.url).port), `${request}\r\n`)) ?? assert.fail("no answer");
    const [statusLine, ...headers] = shown.trim().split("\n");
    assert.equal(statusLine, `HTTP/1.1 ${answer.status} OK`);
    for (const header of headers) {
      const [field = "", value] = header.split(": ");
      assert.equal(answer.headers.get(field.toLowerCase()), value);
    }
    assert(answer.body.includes(DID));
  });
}

test("curl returns the issuer's whole history, accreditations and lists", async () => {
  const { history, accepted, grants, lists } = JSON.parse(await shell("issuer"));
  assert.deepEqual([history.length, accepted.length, grants.length, lists.length], [1, 1, 2, 1]);
});

test("the program prints valid for a good credential, and the reason for each other one", async () => {
  assert.match(await shell("check"), /^valid {2}\[\n.*accreditation: valid/s);
  assert.equal(await shell("signature"), `signed by ${DID}\n`);

  const said = () =>
    shell("check").then(
      () => assert.fail("the program did not fail"),
      ({ stdout }: { stdout: string }) => stdout.split(" [")[0],
    );
  await issue({ index: REVOKED });
  assert.equal(await said(), "invalid revoked");
  await issue({ signing: newKey(DID, "ES256") });
  assert.equal(await said(), "invalid unknownKey");
  assert.match(await refusal("signature"), /no such key/);
  examples.set("signature", example("signature").replace("$NODE", "http://127.0.0.1:1"));
  assert.match(await refusal("signature"), /Error: Could not ask the node at http:\/\/127\.0\.0\.1:1/);
  const other = `${TYPE}/other`;
  await issue({ type: other });
  assert.equal(await said(), "invalid otherType");
  examples.set("check", example("check").replace("$TYPE", other));
  assert.equal(await said(), "invalid notAccredited");
});

test("the programs of the page are strict TypeScript", async () => {
  const tsc = join(REPOSITORY, "node_modules", "typescript", "bin", "tsc");
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--target", "es2023"];
  const types = ["--lib", "es2023", "--types", join(REPOSITORY, "node_modules", "@types", "node")];
  const args = [tsc, ...options, ...types, "--module", "nodenext", ...blocks("file").keys()];
  const checked = await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 300_000 }).catch((e) => e);
  assert.equal(checked.stdout, "");
});

test("every example of the page is run", () => {
  assert.deepEqual(
    [...examples.keys()].filter((name) => !used.has(name)),
    [],
  );
});
