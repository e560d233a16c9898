import assert from "node:assert/strict";

/** What the tests read of an answer, however it was asked for. */
export interface AnyAnswer {
  readonly status: number;
  readonly contentType: string | null | undefined;
  readonly body: string;
}

const RESULT = "application/did-resolution; charset=utf-8";
const DEREFERENCING = "application/did-url-dereferencing; charset=utf-8";
const PROBLEM = "application/problem+json; charset=utf-8";

/** Checks that an error's body is a whole problem, alone or inside a result, and gives its code. */
export function problemCode({ status, contentType, body }: AnyAnswer): string {
  assert.ok([RESULT, DEREFERENCING, PROBLEM].includes(String(contentType)), `content type ${contentType}`);
  const parsed = JSON.parse(body);
  if (contentType === RESULT) {
    assert.deepEqual(Object.keys(parsed), ["didDocument", "didDocumentMetadata", "didResolutionMetadata"]);
    assert.equal(parsed.didDocument, null);
    assert.deepEqual(parsed.didDocumentMetadata, {});
    assert.deepEqual(Object.keys(parsed.didResolutionMetadata), ["error"]);
  }
  if (contentType === DEREFERENCING) {
    const { dereferencingMetadata, ...rest } = parsed;
    assert.deepEqual(rest, { contentStream: null, content: null, contentMetadata: {} });
    assert.deepEqual(Object.keys(dereferencingMetadata), ["error"]);
  }
  const problem =
    contentType === PROBLEM
      ? parsed
      : (Object.values<{ error?: never }>(parsed).find((one) => one?.error)?.error ?? assert.fail(body));
  assert.deepEqual(Object.keys(problem), ["type", "title", "status", "detail", "code"]);
  assert.equal(problem.status, status);
  assert.match(problem.code, /^[A-Z_]+$/);
  const types = [
    `https://www.w3.org/ns/did#${problem.code}`,
    `https://w3id.org/security#${problem.code}`,
    "about:blank",
  ];
  assert.ok(types.includes(problem.type), problem.type);
  for (const member of ["title", "detail"]) {
    assert.equal(typeof problem[member], "string");
    assert.ok(problem[member].length > 0 && problem[member].length < 600, `${member}: ${problem[member]}`);
  }
  return problem.code;
}
