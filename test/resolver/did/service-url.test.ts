import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DidDocument } from "../../../resolver/did/did-document.ts";
import { serviceUrls } from "../../../resolver/did/service-url.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import { readOptions } from "../../../resolver/resolution/options.ts";
import { runs } from "../../helpers/property.ts";

const DID = `did:mapae:local:0x${"a1".repeat(20)}`;

function documentWith(...endpoints: unknown[]): DidDocument {
  const service = endpoints.map((serviceEndpoint, i) => ({ id: `${DID}#s${i}`, type: "Hub", serviceEndpoint }));
  return { id: DID, verificationMethod: [], service: service as DidDocument["service"] & {} };
}

const urls = (endpoint: unknown, relativeRef?: string, fragment = "") =>
  serviceUrls(documentWith(endpoint), { service: "s0", fragment, ...(relativeRef !== undefined && { relativeRef }) });

test("a reference is resolved as RFC 3986, section 5.4 does", () => {
  const base = "https://a.example/b/c/?q";
  const examples: [reference: string, url: string][] = [
    ["g", "https://a.example/b/c/g"],
    ["./g", "https://a.example/b/c/g"],
    ["g/", "https://a.example/b/c/g/"],
    ["/b/c/g", "https://a.example/b/c/g"],
    ["?y", "https://a.example/b/c/?y"],
    ["g?y", "https://a.example/b/c/g?y"],
    ["#s", "https://a.example/b/c/?q#s"],
    ["g#s", "https://a.example/b/c/g#s"],
    [";x", "https://a.example/b/c/;x"],
    ["", "https://a.example/b/c/?q"],
    ["../c/g", "https://a.example/b/c/g"],
    ["../../../b/c/g", "https://a.example/b/c/g"],
    ["/./b/c/g", "https://a.example/b/c/g"],
    ["g;x=1/../y", "https://a.example/b/c/y"],
    ["@evil.example", "https://a.example/b/c/@evil.example"],
  ];
  for (const [reference, url] of examples) assert.deepEqual(urls(base, reference), [url], reference);
  assert.deepEqual(urls("https://a.example/b/c", "c/g"), ["https://a.example/b/c/g"]);
  assert.deepEqual(urls("https://a.example", "/g"), ["https://a.example/g"]);
});

test("a reference stays below its endpoint: another party may have the path beside it", () => {
  const out = [
    "/",
    "/g",
    "..",
    "../g",
    "../../g",
    "/b",
    "/b/",
    "/b/cc",
    "../cc",
    "g/../../d",
    "%2e%2e/g",
    "g/..%2f..%2fd",
    "..%5cd",
    "..;/d",
    "/b/c/..;x=1/d",
    "g/%2e.%3b/..;",
  ];
  for (const reference of out) {
    assert.throws(() => urls("https://a.example/b/c/", reference), { code: "INVALID_OPTIONS" }, reference);
  }
  assert.throws(() => urls("https://a.example/b/c", "g"), { code: "INVALID_OPTIONS" });
  // Of several endpoints those count that it stays below.
  assert.deepEqual(urls(["https://a.example/b/", "https://a.example/"], "/g"), ["https://a.example/g"]);
});

test("without a reference an endpoint is given as the controller wrote it", () => {
  assert.deepEqual(urls("https://A.example"), ["https://A.example"]);
  assert.deepEqual(urls(["https://a.example", { uri: "https://map.example" }, "did:x:y", "https://b.example/c"]), [
    "https://a.example",
    "https://b.example/c",
  ]);
});

test("nobody is sent anywhere but to https, without a user or password", () => {
  const refused = [
    "http://a.example/",
    "http://127.0.0.1/",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "did:web:a.example",
    "mailto:a@example.org",
    "https://user@evil.example/",
    "https://a.example:b@evil.example/",
    "https:",
    { uri: "https://a.example/" },
    [{ uri: "https://a.example/" }],
  ];
  for (const endpoint of refused) {
    assert.throws(() => urls(endpoint, "/x"), { code: "REPRESENTATION_NOT_SUPPORTED" }, JSON.stringify(endpoint));
    assert.throws(() => urls(endpoint), { code: "REPRESENTATION_NOT_SUPPORTED" }, JSON.stringify(endpoint));
  }
});

test("a fragment is handed on, and no URL has two", () => {
  assert.deepEqual(urls("https://a.example/b/", "c", "#d"), ["https://a.example/b/c#d"]);
  assert.throws(() => urls("https://a.example/b#c", undefined, "#d"), { code: "INVALID_DID_URL" });
  assert.throws(() => urls("https://a.example/b/", "c#d", "#e"), { code: "INVALID_DID_URL" });
});

test("whatever the reference, it is refused or leads below the endpoint and breaks no header", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "/",
      "//",
      "\\",
      "@",
      ":",
      "evil.example",
      "..",
      "%2f",
      "%5c",
      "\r\n",
      "\0",
      "?",
      "#",
      "https:",
      "javascript:",
      "\t",
      "[::1]",
    ),
    fc.string({ maxLength: 4 }),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      const query = new URLSearchParams({ service: "s0", relativeRef: pieces.join("") });
      try {
        const options = readOptions(query);
        const [url = ""] = serviceUrls(documentWith("https://a.example:8443/b/c"), { ...options, fragment: "" });
        assert.ok(url === "https://a.example:8443/b/c" || /^https:\/\/a\.example:8443\/b\/c[/?#]/.test(url), url);
        assert.match(url, /^[\x21-\x7e]+$/);
      } catch (error) {
        assert.ok(error instanceof ResolutionError && error.code === "INVALID_OPTIONS", String(error));
      }
    }),
    runs(3_000),
  );
});
