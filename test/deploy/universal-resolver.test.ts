import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
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

/** Keys of a driver that the Universal Resolver's check of pull requests knows. It silently ignores others. */
const DRIVER_KEYS = ["pattern", "url", "propertiesEndpoint", "supportsOptions", "testIdentifiers", "traits"];

test("application.yml has one driver with known keys, whose host is the service of docker-compose.yml", () => {
  assert.deepEqual([otherDrivers, otherServices], [[], []]);
  assert.deepEqual(Object.keys(driver), DRIVER_KEYS);
  const [, variable, url] = /^\$\{([a-z_]+):(http:\/\/[^}]+)\}$/.exec(driver.url) ?? [];
  assert.equal(variable, "uniresolver_web_driver_url_did_mapae");
  assert.deepEqual([new URL(url ?? "").hostname, new URL(url ?? "").port], [name, "8080"]);
  assert.match(service.ports.join(), /^[0-9]{4,5}:8080$/);
});

test("each example is a DID that the pattern matches, and the driver's variable has the same ones", () => {
  assert(driver.testIdentifiers.length > 0);
  for (const did of driver.testIdentifiers) {
    assert.equal(new RegExp(driver.pattern).exec(did)?.[1], did);
    parseDid(did);
  }
  assert.equal(env.get("uniresolver_driver_did_mapae_testIdentifiers"), driver.testIdentifiers.join(","));
});

test("each variable of the service is one of the driver's, with a valid value in .env", async (t) => {
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

test("the image is a node's, with the descriptor at its path and the driver as its command", async () => {
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

test("the image and the row of the table have Mapae's version, and the row has the required links", async () => {
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

/** A client's request to a Universal Resolver, from which its HttpDriver makes a request to the driver. */
interface Asked {
  readonly did: string;
  /** The client's options; the driver gets them as application.yml says. */
  readonly query?: string;
  /** The single representation that the Universal Resolver derives from the client's `Accept`. */
  readonly accept: string;
}

/**
 * Requests like HttpDriver: the pattern's groups are appended to the driver's URL, and a resolution result is preferred to the
 * client's representation.
 */
async function askAsHttpDriver(url: string, { did, query = "", accept }: Asked) {
  const groups =
    new RegExp(driver.pattern).exec(did)?.slice(1) ?? assert.fail(`${did} does not match the driver's pattern`);
  const headers = { accept: `application/did-resolution,${accept}` };
  const options = driver.supportsOptions === "true" ? query : "";
  const response = await fetch(`${url}/1.0/identifiers/${groups.join("")}${options}`, { headers });
  const [, charset] = /; charset=(.+)$/.exec(response.headers.get("content-type") ?? "") ?? [];
  assert.equal(charset, "utf-8", "without it the body is read as Latin-1");
  return { status: response.status, result: JSON.parse(await response.text()) };
}

/**
 * The answer that the client of a Universal Resolver gets (its HttpDriver, LocalUniResolver and ResolveResult): an error has
 * only its code, and a result without a document becomes notFound.
 */
async function askUniversalResolver(url: string, asked: Asked) {
  const { result } = await askAsHttpDriver(url, asked);
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = result;
  const words: Record<string, number> = { NOT_FOUND: 404, INVALID_DID: 400, REPRESENTATION_NOT_SUPPORTED: 406 };
  if (didResolutionMetadata.error !== undefined)
    return { status: words[didResolutionMetadata.error.type] ?? 500, result };
  if (didDocument === null) return { status: 404, result };
  return { status: didDocumentMetadata.deactivated === true ? 410 : 200, result };
}

const CLIENTS = ["application/did", "application/did+ld+json", "application/did+json"] as const;

async function startBoth(t: TestContext) {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1), key(BOB, 1));
  node.writer.block(START + 10, key(ALICE, 2), deactivation(BOB));
  const { url } = await startTestDriver(t, { network: NETWORK, nodeUrls: [node.url], now: START + 10 });
  return { node, url };
}

test("the client of a Universal Resolver gets the requested representation, which the result also names", async (t) => {
  const { url } = await startBoth(t);
  const types = { "application/did": "JsonWebKey", "application/did+ld+json": "JsonWebKey2020" };
  for (const accept of CLIENTS) {
    const { status, result } = await askUniversalResolver(url, { did: didOf(ALICE), accept });
    assert.deepEqual([status, result.didResolutionMetadata.contentType], [200, accept]);
    assert.equal(result.didDocument.verificationMethod[1].type, types[accept as "application/did"] ?? "JsonWebKey2020");
    assert.equal(result.didDocument["@context"] === undefined, accept === "application/did+json");
  }
  const { result } = await askUniversalResolver(url, { did: didOf(ALICE), accept: "*/*" });
  assert.equal(result.didResolutionMetadata.contentType, "application/did");
});

test("the client of a Universal Resolver gets the version that it asks for", async (t) => {
  const { url } = await startBoth(t);
  const versionOf = async (query: string) => {
    const { result } = await askUniversalResolver(url, { did: didOf(ALICE), query, accept: "application/did+ld+json" });
    return result.didDocumentMetadata?.versionId;
  };
  assert.deepEqual(await Promise.all(["", "?versionId=1", "?versionTime=2025-06-15T15:06:45Z"].map(versionOf)), [
    "2",
    "1",
    "1",
  ]);
});

test("the client of a Universal Resolver learns that a DID is deactivated, not that it does not exist", async (t) => {
  const { node, url } = await startBoth(t);
  for (const accept of CLIENTS) {
    const gone = await askUniversalResolver(url, { did: didOf(BOB), accept });
    assert.deepEqual([gone.status, gone.result.didDocument.id], [410, didOf(BOB)]);
    assert.equal(gone.result.didDocumentMetadata.deactivated, true);
    assert.equal("verificationMethod" in gone.result.didDocument, false);
    assert.equal((await askAsHttpDriver(url, { did: didOf(BOB), accept })).status, 410);
    const before = await askUniversalResolver(url, { did: didOf(BOB), query: "?versionId=1", accept });
    assert.equal(before.status, 200);
    // The metadata of DID Resolution v1, when the client did not request another form.
    assert.equal((await askAsHttpDriver(node.url, { did: didOf(BOB), accept })).result.didDocument, null);
  }
});

test("the client of a Universal Resolver can distinguish an unknown DID, an invalid DID and a failure", async (t) => {
  const { node, url } = await startBoth(t);
  for (const accept of [...CLIENTS, "*/*"]) {
    const absent = await askUniversalResolver(url, { did: didOf(NOBODY), accept });
    assert.deepEqual([absent.status, absent.result.didResolutionMetadata.error.type], [404, "NOT_FOUND"]);
    assert.equal((await askUniversalResolver(url, { did: "did:mapae:x", accept })).status, 400);
  }
  await node.close();
  const failed = await askUniversalResolver(url, { did: didOf(NOBODY), accept: "*/*" });
  assert.deepEqual([failed.status, failed.result.didResolutionMetadata.error.type], [500, "UNAVAILABLE"]);
  assert.equal((await askAsHttpDriver(url, { did: didOf(NOBODY), accept: "*/*" })).status, 503);
});
