import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { id } from "ethers";
import { OPENAPI } from "../../../../node/http/openapi/openapi.ts";
import { MAX_GRANTS } from "../../../../node/trust/read-accreditations.ts";
import { formatDid } from "../../../../resolver/did/did.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../../helpers/chain-simulator.ts";
import { serveChain } from "../../../helpers/served-chain.ts";

const ROOT = formatDid("local", simulatedIdentity(0));
const AGENCY = formatDid("local", simulatedIdentity(1));
const URI = "https://types.example/0";
const TYPE = id(URI);

const grant = (identity: number, parent: number | null): SimulatedWrite => ({ do: "grant", identity, type: 0, parent });
const accept = (identity: number, number = 0): SimulatedWrite => ({ do: "accept", identity, type: 0, number });
const withdraw = (identity: number, from: number): SimulatedWrite => ({
  do: "withdraw",
  identity,
  type: 0,
  number: 0,
  from,
});

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(OPENAPI, "openapi");

interface Body {
  readonly asOf: { readonly block: number } | null;
  readonly at: string;
  readonly accreditations: {
    readonly holds: boolean;
    readonly reason?: string;
    readonly chain: { readonly subject: string; readonly deactivatedAt: number | null }[];
  }[];
}

/** A body that is as the description says. */
async function bodyOf(response: Response, schema: "Types" | "Type" | "Accreditations"): Promise<Body> {
  assert.equal(response.status, 200);
  const body = await response.json();
  const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`) ?? assert.fail(schema);
  assert.ok(validate(body), JSON.stringify(validate.errors));
  return body as Body;
}

const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

/** A chain on which a type is added in block 2, and granted down to the agency in block 3. */
function accreditedChain(): ChainSimulator {
  const chain = new ChainSimulator();
  chain.mine([{ do: "type", type: 0 }]);
  chain.mine([grant(0, null), accept(0), grant(1, 0), accept(1)]);
  return chain;
}

const PATH = `/accreditations/${AGENCY}`;

test("an accreditation is answered with its chain to the root, under both clocks", async (t) => {
  const chain = accreditedChain();
  chain.mine();
  chain.mine([withdraw(1, 1_650_000_000)]);
  const { get, node } = await serveChain(t, chain);
  const asked = async (query: string) => {
    const { accreditations } = await bodyOf(await get(`${PATH}${query}`), "Accreditations");
    return accreditations.map(({ holds, reason, chain }) => [holds, reason, chain.map(({ subject }) => subject)]);
  };
  const links = [simulatedIdentity(1), simulatedIdentity(0)];
  const before = "at=2021-01-01T00:00:00Z";
  const after = "at=2023-01-01T00:00:00Z";
  assert.deepEqual(await asked(""), [[false, "withdrawn", links]]);
  assert.deepEqual(await asked(`?${before}`), [[true, undefined, links]]);
  assert.deepEqual(await asked(`?${after}`), [[false, "withdrawn", links]]);
  assert.deepEqual(await asked(`?${after}&asOf=4`), [[true, undefined, links]], "what was known then");
  assert.deepEqual(await asked("?at=2019-01-01T00:00:00Z&asOf=4"), [[false, "notYetValid", links]]);
  assert.deepEqual(await asked(`?asOf=4&type=${encodeURIComponent(URI)}`), [[true, undefined, links]]);
  assert.deepEqual(await asked(`?asOf=4&type=${TYPE}`), [[true, undefined, links]]);
  assert.deepEqual(await asked(`?type=${encodeURIComponent(`${URI}/other`)}`), []);
  assert.deepEqual(await asked("?asOf=2"), [], "before it was granted");
  assert.deepEqual(await asked(""), [[false, "withdrawn", links]]);

  chain.mine([{ do: "deactivate", identity: 0 }]);
  await node.settle();
  const ended = await bodyOf(await get(`${PATH}?${before}`), "Accreditations");
  assert.deepEqual(
    ended.accreditations[0]?.chain.map(({ deactivatedAt }) => deactivatedAt),
    [null, chain.tip.time],
  );
  const then = await bodyOf(await get(`${PATH}?${before}&asOf=5`), "Accreditations");
  assert.deepEqual(
    then.accreditations[0]?.chain.map(({ deactivatedAt }) => deactivatedAt),
    [null, null],
  );
});

test("the same asOf and at give the same bytes on every node, however far it has read", async (t) => {
  const chain = accreditedChain();
  const first = await serveChain(t, chain);
  const query = "?at=2023-01-01T00:00:00Z";
  const paths = [`${PATH}${query}`, `${PATH}${query}&asOf=3`, `${PATH}${query}&asOf=2`, `${PATH}?asOf=3`, "/types"];
  const read = (node: typeof first) => Promise.all(paths.map(async (path) => (await node.get(path)).text()));
  const early = await read(first);
  // Blocks without events change nothing that is known.
  for (let count = 0; count < 20; count++) chain.mine();
  const second = await serveChain(t, chain);
  assert.deepEqual(await read(second), early);
  assert.deepEqual(
    await Promise.all(
      [`${PATH}${query}&asOf=3`, `${PATH}${query}&asOf=17`].map(async (path) => (await second.get(path)).text()),
    ),
    [early[0], early[0]],
  );
  chain.mine([withdraw(1, 1_650_000_000)]);
  await first.node.settle();
  await second.node.settle();
  assert.deepEqual(await read(first), await read(second));
  assert.equal((await read(first))[1], early[1], "what was known then is what was known then");
});

test("an answer as of a block that stays may be kept forever; others are checked, and 304 while they are the same", async (t) => {
  const chain = accreditedChain();
  for (let count = 0; count < 12; count++) chain.mine();
  const { get, state } = await serveChain(t, chain);
  const at = "at=2023-01-01T00:00:00Z";
  const cache = async (query: string) => (await get(`${PATH}${query}`)).headers.get("cache-control");
  assert.equal(await cache(`?${at}&asOf=3`), "public, max-age=31536000, immutable");
  assert.equal(await cache("?asOf=3"), "public, max-age=31536000, immutable");
  for (const query of ["", `?${at}`, `?${at}&asOf=4`, "?asOf=5"])
    assert.equal(await cache(query), "public, no-cache", query);
  assert.equal((await get("/types")).headers.get("cache-control"), "public, no-cache");
  state.stale = true;
  assert.equal(await cache(`?${at}&asOf=3`), "public, no-cache", "the mark is not kept with the answer");
  state.stale = false;

  const answer = await get(PATH);
  assert.deepEqual(
    ["mapae-as-of", "mapae-finalized", "mapae-stale"].map((name) => answer.headers.get(name)),
    [
      `${chain.tip.number} ${chain.tip.hash} ${new Date(chain.tip.time * 1_000).toISOString().replace(".000", "")}`,
      "false",
      null,
    ],
  );
  const etag = answer.headers.get("etag") ?? "";
  state.now += 3_600;
  state.stale = true;
  const again = await get(PATH, { "if-none-match": etag });
  assert.deepEqual([again.status, await again.text()], [304, ""]);
  assert.equal(again.headers.get("mapae-stale"), "true");
  assert.notEqual(again.headers.get("mapae-at"), answer.headers.get("mapae-at"));
  state.now = 4_000_000_001;
  assert.equal((await get(PATH, { "if-none-match": etag })).status, 200, "it ran out meanwhile");
});

test("types are listed by age, and each is found by its id", async (t) => {
  const chain = new ChainSimulator();
  const { get, node, state } = await serveChain(t, chain);
  assert.deepEqual(await (await get("/types")).json(), { asOf: null, types: [] });
  chain.mine([{ do: "type", type: 1 }]);
  chain.mine([{ do: "type", type: 0 }]);
  await node.settle();
  const { types } = (await bodyOf(await get("/types"), "Types")) as object as { types: { typeId: string }[] };
  assert.deepEqual(
    types.map(({ typeId }) => typeId),
    [id("https://types.example/1"), TYPE],
  );
  const { type } = (await bodyOf(await get(`/types/${TYPE}`), "Type")) as object as { type: object };
  assert.deepEqual(type, types[1]);
  const other = `/types/0x${"5".repeat(64)}`;
  assert.deepEqual(await codeOf(await get(other)), [404, "TYPE_NOT_FOUND"]);
  state.stale = true;
  assert.deepEqual(await codeOf(await get(other)), [503, "UNAVAILABLE"], "it may have been added meanwhile");
});

test("what can't be asked is refused by its name, what is not known yet is 503", async (t) => {
  const { get, faults } = await serveChain(t, accreditedChain());
  for (const [path, wanted] of [
    ["/types?page=1", [400, "INVALID_OPTIONS"]],
    ["/types/official-id", [404, "NO_ROUTE"]],
    [`/types/${TYPE.toUpperCase()}`, [404, "NO_ROUTE"]],
    [`${PATH}?index=7`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?type=`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?type=${"x".repeat(201)}`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?type=a%20b`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?at=now`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?at=2023-02-30T00:00:00Z`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?at=2023-01-01T00:00:00Z&at=2023-01-01T00:00:00Z`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?asOf=-1`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?asOf=9007199254740993`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?asOf=1`, [400, "INVALID_OPTIONS"]],
    [`${PATH}?asOf=99`, [503, "UNAVAILABLE"]],
    ["/accreditations/did:mapae:local:0x1234", [400, "INVALID_DID"]],
    [`/accreditations/${encodeURIComponent(ROOT)}`, [200, undefined]],
    ["/accreditations/%zz", [404, "NO_ROUTE"]],
    [`/accreditations/did:mapae:gov-00000000:${simulatedIdentity(1)}`, [501, "FEATURE_NOT_SUPPORTED"]],
    [`${PATH}/x`, [404, "NO_ROUTE"]],
  ] as const) {
    assert.deepEqual(await codeOf(await get(path)), wanted, path);
  }
  assert.deepEqual(faults, []);
});

test("grants that nobody accepted change no answer, and a reorg takes back what it undid", async (t) => {
  const chain = accreditedChain();
  const { get, node } = await serveChain(t, chain);
  const content = async () => (await bodyOf(await get(PATH), "Accreditations")).accreditations;
  const before = await content();
  chain.mine(Array.from({ length: 100 }, () => grant(1, 0)));
  await node.settle();
  assert.deepEqual(await content(), before);
  chain.mine([accept(1, 100)]);
  await node.settle();
  assert.equal((await content()).length, 2);
  chain.dropBlocks(1);
  chain.mine();
  chain.mine();
  await node.settle();
  assert.deepEqual(await content(), before);
  chain.dropBlocks(4);
  for (let count = 0; count < 6; count++) chain.mine();
  await node.settle();
  assert.deepEqual(await content(), []);
});

test("about a DID that accepted more grants than are read nothing is said, rather than something that leaves some out", async (t) => {
  const chain = accreditedChain();
  const writes = Array.from({ length: MAX_GRANTS }, (_, at) => [grant(1, 0), accept(1, at + 1)]).flat();
  chain.mine(writes);
  const { get } = await serveChain(t, chain);
  assert.deepEqual(await codeOf(await get(PATH)), [503, "UNAVAILABLE"]);
  assert.equal((await get(`/accreditations/${ROOT}`)).status, 200);
});
