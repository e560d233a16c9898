import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { driverVariables, loadDriverConfig } from "../../node/driver/config.ts";
import { parseDid } from "../../resolver/did/did.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { readRepositoryFile } from "../docs/examples.ts";
import { readContainerFile } from "../helpers/container-file.ts";
import { startTestDriver } from "../node/driver/harness.ts";
import { ALICE, BOB, deactivation, didOf, key, NETWORK, NOBODY, START, startTestNode } from "../node/http/harness.ts";

const file = (name: string) => readRepositoryFile(`deploy/universal-resolver/${name}`);
const application = parse(await file("application.yml"));
const compose = parse(await file("docker-compose.yml"));
const [driver, ...otherDrivers] = application.uniresolver.drivers;
interface Service {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
}
const [[name, service], ...otherServices] = Object.entries(compose.services) as [[string, Service]];
const env = new Map(
  (await file("env"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => /^([A-Za-z_]\w*)=(.*)$/.exec(line)?.slice(1, 3) as [string, string]),
);
const { version } = JSON.parse(await readRepositoryFile("package.json"));

/** What the Universal Resolver's own check of pull requests knows; it ignores any other key in silence. */
const DRIVER_KEYS = ["pattern", "url", "propertiesEndpoint", "testIdentifiers", "traits"];

test("application.yml has one driver, with keys that are known, and its host is the service of docker-compose.yml", () => {
  assert.deepEqual([otherDrivers, otherServices], [[], []]);
  assert.deepEqual(Object.keys(driver), DRIVER_KEYS);
  const [, variable, url] = /^\$\{([a-z_]+):(http:\/\/[^}]+)\}$/.exec(driver.url) ?? [];
  assert.equal(variable, "uniresolver_web_driver_url_did_mapae");
  assert.deepEqual([new URL(url ?? "").hostname, new URL(url ?? "").port], [name, "8080"]);
  assert.match(service.ports.join(), /^[0-9]{4,5}:8080$/);
});

test("each example is a DID that the pattern takes, and the driver is told of the same ones", () => {
  assert(driver.testIdentifiers.length > 0);
  for (const did of driver.testIdentifiers) {
    assert.equal(new RegExp(driver.pattern).exec(did)?.[1], did);
    parseDid(did);
  }
  assert.equal(env.get("uniresolver_driver_did_mapae_testIdentifiers"), driver.testIdentifiers.join(","));
});

test("each variable of the service is one of the driver's, with a value in .env that the driver takes", async (t) => {
  const used = Object.entries(service.environment).map(([ours, value]) => {
    assert(ours in driverVariables.shape, ours);
    const [, theirs = ""] = /^\$\{(\w+)\}$/.exec(value) ?? [];
    return [ours, theirs] as const;
  });
  assert.deepEqual(used.map(([, theirs]) => theirs).sort(), [...env.keys()].sort());
  const network = { ...NETWORK, name: "gov-57738b07", genesisHash: `0x57738b07${"0".repeat(56)}` };
  const MAPAE_NETWORK = join(await temporaryFolder(t), "network.json");
  await writeFile(MAPAE_NETWORK, JSON.stringify({ ...network, consensus: { kind: "qbft", validators: [NOBODY] } }));
  const values = Object.fromEntries(used.map(([ours, theirs]) => [ours, env.get(theirs)]));
  const { testIdentifiers, agreement, secrets } = loadDriverConfig({ MAPAE_NETWORK, ...values });
  assert.deepEqual(
    testIdentifiers.map(({ did }) => did),
    driver.testIdentifiers,
  );
  assert.deepEqual([agreement, secrets.nodeUrls.length, secrets.rpcUrls.length], [2, 2, 0]);
});

test("the image is a node's with the descriptor where it looks for it, and the driver as its command", async () => {
  const ours = readContainerFile(await file("Dockerfile"));
  const nodes = readContainerFile(await readRepositoryFile("deploy/container/Dockerfile"));
  const built = parse(await readRepositoryFile("deploy/container/compose.yaml")).services.node.image;
  assert.equal(ours.base, built);
  const of = (keyword: string, steps = nodes.steps) => steps.filter((step) => step.keyword === keyword);
  const environment = Object.fromEntries(of("ENV").flatMap(({ args }) => args.map((pair) => pair.split("=", 2))));
  assert.deepEqual(
    ours.steps.map(({ keyword, args }) => [keyword, ...args]),
    [
      ["COPY", "network.json", environment.MAPAE_NETWORK],
      ["CMD", "driver"],
    ],
  );
  assert(of("EXPOSE").some(({ args }) => args.includes("8080")));
  assert.equal(environment.MAPAE_HTTP_HOST, "0.0.0.0");
});

test("image and row of the table have the version of Mapae, and the row what drivers have to say", async () => {
  assert.equal(service.image.split(":").at(-1), version);
  const cells = (await file("drivers-table.md"))
    .trim()
    .split(/\s*\|\s*/)
    .slice(1, -1);
  const [driverCell, versionCell, specification, image, contact] = cells;
  assert.equal(cells.length, 5);
  assert.match(driverCell ?? "", /^\[did-mapae\]\(https:\/\/.+\)$/);
  assert.equal(versionCell, version);
  assert.match(specification ?? "", /^\[.+\]\(https:\/\/w3id\.org\/did-mapae\/v1\)$/);
  assert(image?.startsWith(`[${service.image.split(":")[0]}](https://`));
  assert(contact);
});

/** How the Universal Resolver's HttpDriver asks: the groups of the pattern behind the driver's URL, a result preferred. */
async function askAsHttpDriver(url: string, did: string, accept: string) {
  const groups = new RegExp(driver.pattern).exec(did)?.slice(1) ?? assert.fail(`${did} is another driver's`);
  const headers = { accept: `application/did-resolution,${accept}` };
  const response = await fetch(`${url}/1.0/identifiers/${groups.join("")}`, { headers });
  const [, charset] = /; charset=(.+)$/.exec(response.headers.get("content-type") ?? "") ?? [];
  assert.equal(charset, "utf-8", "without it the body is read as Latin-1");
  return { status: response.status, result: JSON.parse(await response.text()) };
}

test("the driver, asked as the Universal Resolver does, is understood: documents, absences, what is gone, failures", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1), key(BOB, 1), deactivation(BOB));
  const { url } = await startTestDriver(t, { network: NETWORK, nodeUrls: [node.url], now: START });
  for (const accept of ["application/did", "application/did+ld+json", "*/*"]) {
    const found = await askAsHttpDriver(url, didOf(ALICE), accept);
    assert.deepEqual([found.status, found.result.didDocument.id], [200, didOf(ALICE)]);
    assert.equal(found.result.didResolutionMetadata.contentType, "application/did");
    assert.equal("error" in found.result.didResolutionMetadata, false);
    const absent = await askAsHttpDriver(url, didOf(NOBODY), accept);
    assert.deepEqual([absent.status, absent.result.didResolutionMetadata.error.type], [404, "NOT_FOUND"]);
    const gone = await askAsHttpDriver(url, didOf(BOB), accept);
    assert.deepEqual([gone.status, gone.result.didDocumentMetadata.deactivated], [410, true]);
  }
  const wrong = await askAsHttpDriver(url, "did:mapae:x", "*/*");
  assert.deepEqual([wrong.status, wrong.result.didResolutionMetadata.error.type], [400, "INVALID_DID"]);
  await node.close();
  const failed = await askAsHttpDriver(url, didOf(NOBODY), "*/*");
  assert.deepEqual([failed.status, failed.result.didResolutionMetadata.error.type], [503, "UNAVAILABLE"]);
});
