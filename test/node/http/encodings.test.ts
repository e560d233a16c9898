import assert from "node:assert/strict";
import { after, test } from "node:test";
import { askerOf } from "./asker.ts";
import { ALICE, didOf, key, PATH, START, startTestNode } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { ask, requestText } from "./raw.ts";

const node = await startTestNode({ after });
node.writer.block(START - 100, key(ALICE, 1));
node.writer.block(START, key(ALICE, 2));

const DID = didOf(ALICE);
const TIME = "2025-06-15T15:05:00Z";

const { askFor, codeFor } = askerOf(node);

const everyCharacter = (text: string) =>
  [...text].map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");

test("a DID, raw or percent-encoded in any way, has the same answer to the byte", async () => {
  const spellings = [
    DID,
    encodeURIComponent(DID),
    encodeURIComponent(DID).toLowerCase(),
    DID.replaceAll(":", "%3a"),
    DID.replace(":", "%3A"),
    everyCharacter(DID),
    everyCharacter(DID).toUpperCase(),
    `${DID}?`,
    `${DID}%3F`,
    `${DID}?&`,
    `${DID}?noCache=false`,
    `${DID}%3FexpandRelativeUrls%3Dtrue`,
  ];
  for (const accept of ["application/did-resolution", "application/did", "application/did+json"]) {
    const first = await askFor(DID, accept);
    for (const spelling of spellings) {
      const { status, body, headers } = await askFor(spelling, accept);
      assert.deepEqual([status, body, headers.get("etag")], [200, first.body, first.headers.get("etag")], spelling);
    }
  }
});

test("the options of a DID URL may stand inside it, encoded, or behind it", async () => {
  for (const [option, encoded] of [
    ["versionId=1", "%3FversionId%3D1"],
    ["versionId=1", "%3fversionId=1"],
    [`versionTime=${TIME}`, `%3FversionTime%3D${encodeURIComponent(TIME)}`],
    [`versionTime=${TIME}`, `%3FversionTime%3D${encodeURIComponent(encodeURIComponent(TIME))}`],
  ]) {
    const raw = await askFor(`${DID}?${option}`);
    assert.equal(JSON.parse(raw.body).didDocumentMetadata.versionId, "1");
    const { status, body } = await askFor(`${encodeURIComponent(DID)}${encoded}`);
    assert.deepEqual([status, body], [200, raw.body], String(encoded));
  }
});

test("names that objects have by themselves mean nothing here", async () => {
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"]) {
    assert.equal(await codeFor(name), "INVALID_DID", name);
    assert.equal(await codeFor(`did:mapae:local:${name}`), "INVALID_DID", name);
    assert.equal(await codeFor(`did:mapae:${name}:${ALICE}`), "INVALID_DID", name);
    for (const options of [`?${name}=1`, `?${name}%5BversionId%5D=x`, `?__proto__%5B${name}%5D=1`]) {
      assert.equal(await codeFor(`${DID}${options}`), "FEATURE_NOT_SUPPORTED", options);
    }
  }
  assert.equal(await codeFor(`did:constructor:${ALICE}`), "METHOD_NOT_SUPPORTED");
  assert.equal("versionId" in {}, false);
});

const NO_DIDS = {
  nothing: "",
  blanks: "%20",
  "a DID encoded twice": encodeURIComponent(encodeURIComponent(DID)),
  "one character encoded twice": DID.replace(":", "%253A"),
  "a percent sign alone": `${DID}%`,
  "half an escape": `${DID}%3`,
  "an escape of no hex digits": `${DID}%zz`,
  "an escape between characters": "did%zzmapae",
  "NUL at the end": `${DID}%00`,
  "NUL within": DID.replace("local", "lo%00cal"),
  "an overlong slash": `${DID}%c0%af`,
  "an overlong colon": DID.replace(":", "%c0%ba"),
  "half a surrogate pair": `${DID}%ed%a0%80`,
  "a lone byte": `${DID}%ff`,
  "line breaks": `${DID}%0d%0aset-cookie:%20a=b`,
  "a line break at the end": `${DID}%0a`,
  "dots before it": `../${DID}`,
  "encoded dots before it": `%2e%2e%2f${DID}`,
  "a slash before it": `/${DID}`,
  "a parameter": `${DID};service=hub`,
  "an encoded parameter": `${DID}%3Bservice=hub`,
  "a letter of another script": DID.replace("a", "%D0%B0"),
  "a full-width colon": DID.replace(":", "%EF%BC%9A"),
  "a plus for a blank": `+${DID}`,
  "capital letters": DID.toUpperCase(),
  "a capital digit": DID.replace("a1", "A1"),
  "39 digits": DID.slice(0, -1),
  "41 digits": `${DID}0`,
  "a port": `${DID}:80`,
  "a backslash": `${DID}\\x`,
  "a quotation mark": `${DID}"`,
  markup: `${DID}<script>`,
} as const;

for (const [name, target] of Object.entries(NO_DIDS)) {
  test(`${name} is invalid and no header or line is made of it`, async () => {
    // A slash ends the DID of a DID URL, and what is before it is none.
    assert.equal(await codeFor(target), /before it$/.test(name) ? "INVALID_DID_URL" : "INVALID_DID");
    const { headers, body } = await askFor(target);
    assert.equal(headers.has("set-cookie"), false);
    assert.doesNotMatch(body, /[\r\n\0]/);
  });
}

test("a path of a DID URL names nothing, raw or encoded", async () => {
  for (const rest of ["/", "/path", "/..", "//", "/../x", "/a?versionId=1", "/a#b"]) {
    assert.equal(await codeFor(`${DID}${encodeURIComponent(rest)}`), "NOT_FOUND", rest);
    assert.equal(await codeFor(`${DID}${rest}`), "NOT_FOUND", rest);
  }
});

test("a DID URL that asks for a part is not answered with the whole, raw or encoded", async () => {
  const rows = [
    ["#", "NOT_FOUND"],
    ["#nothing", "NOT_FOUND"],
    ["?service=hub", "NOT_FOUND"],
    ["?service", "INVALID_OPTIONS"],
    ["?relativeRef=%2Fa", "INVALID_OPTIONS"],
    ["?versionId=1&service=hub", "NOT_FOUND"],
    ["?service=a&versionId=x", "INVALID_OPTIONS"],
    ["?service=a&service=b", "INVALID_OPTIONS"],
    ["?serviceType=a&verificationRelationship=b", "INVALID_OPTIONS"],
    ["?verificationRelationship=assertionMethod", "INVALID_OPTIONS"],
  ] as const;
  for (const [rest, code] of rows) {
    assert.equal(await codeFor(`${DID}${rest}`), code, rest);
    assert.equal(await codeFor(`${DID}${encodeURIComponent(rest)}`), code, rest);
  }
});

test("what is no character of a URL is INVALID_DID_URL, raw or encoded", async () => {
  for (const rest of ["/a b", "/|", "#<", "#a#b", "?a={", "?a=%", "?a=%ff", "?a=%zz", '?a="', "?a=\\"]) {
    assert.equal(await codeFor(`${DID}${encodeURIComponent(rest)}`), "INVALID_DID_URL", rest);
    if (rest.startsWith("?")) assert.equal(await codeFor(`${DID}${rest}`), "INVALID_DID_URL", rest);
  }
});

test("a plus sign in a query is a plus sign", async () => {
  for (const rest of ["?service=a+b", "?service=a%2Bb"]) {
    const { body } = await askFor(`${DID}${rest}`);
    assert.match(JSON.parse(body).dereferencingMetadata?.error.detail ?? JSON.parse(body).detail, /"a\+b"/);
  }
});

test("bytes above ASCII that are not encoded are no HTTP", async () => {
  assert.equal(await codeFor(DID.replace("a", "\xd0\xb0")), "MALFORMED_REQUEST");
});

test("a target that names scheme and host is read as its path (RFC 9112, section 3.2.2)", async () => {
  for (const origin of ["http://node.example", "https://node.example:8080", "HTTP://a"]) {
    const answer = await ask(node.port, requestText(`${origin}${PATH}${DID}`));
    assert.deepEqual([answer?.status, JSON.parse(answer?.body ?? "").didDocument.id], [200, DID]);
    assert.equal((await ask(node.port, requestText(`${origin}/health`)))?.status, 200);
  }
  for (const target of ["http://node.example/no", "http://[/no", "ftp://node.example/health", "*", "//health"]) {
    const answer = (await ask(node.port, requestText(target))) ?? assert.fail(target);
    const contentType = answer.headers.get("content-type");
    const code = problemCode({ status: answer.status, contentType, body: answer.body });
    assert.ok(["NO_ROUTE", "MALFORMED_REQUEST"].includes(code), `${target}: ${code}`);
  }
});
