import assert from "node:assert/strict";
import { named } from "../../helpers/resolution-stage.ts";
import invalid from "../../vectors/invalid/did-resolution.json" with { type: "json" };
import valid from "../../vectors/valid/did-resolution.json" with { type: "json" };
import { PATH } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { ask, type RawAnswer, requestText } from "./raw.ts";

/** See `test/vectors/did-resolution.md`. */
export interface Row {
  readonly section: string;
  readonly rule: string;
  readonly target: string;
  readonly accept?: string | null;
  readonly body?: unknown;
  readonly status: number;
  readonly type?: string;
  readonly error?: string;
  readonly is?: Readonly<Record<string, unknown>>;
  readonly location?: string;
  readonly suite?: string;
  readonly library?: boolean;
}

export const ROWS = [...valid, ...invalid] as readonly Row[];

/** What a test of a row is called. */
export const nameOf = (row: Row) => `${row.section}: ${row.rule}: ${shown(row)}`;

const shown = ({ target, accept, body }: Row) =>
  [target.slice(0, 90), accept ?? "", body === undefined ? "" : JSON.stringify(body)]
    .filter((one) => one !== "")
    .join(" ");

/** Asks the server on a port for what a row asks. */
export async function askRow(
  port: number,
  { target, accept = "application/did-resolution, */*;q=0.1", body }: Row,
): Promise<RawAnswer> {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = {
    ...(accept !== null && { accept }),
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(text)) }),
  };
  const request = requestText(`${PATH}${named(target)}`, { method: body === undefined ? "GET" : "POST", headers });
  return (await ask(port, `${request}${text}`)) ?? assert.fail("no answer");
}

/** Fails when an answer is not what a row wants. */
export function expectRow(row: Row, { status, headers, body }: RawAnswer): void {
  const contentType = headers.get("content-type");
  assert.equal(status, row.status, body);
  if (row.error !== undefined) {
    assert.equal(problemCode({ status, contentType, body }), row.error);
    return;
  }
  assert.equal(headers.get("location"), row.location);
  if (row.location !== undefined) assert.equal(body, "");
  if (row.type !== undefined) assert.equal(contentType, `${row.type}; charset=utf-8`);
  for (const [path, value] of Object.entries(row.is ?? {})) {
    assert.deepEqual(at(JSON.parse(body), path), typeof value === "string" ? named(value) : value, path);
  }
}

/** What stands at a path of names and indexes; `null` when nothing does. */
export function at(value: unknown, path: string): unknown {
  const steps = path === "" ? [] : path.split(".");
  return steps.reduce<unknown>((from, step) => (from as Record<string, unknown> | null)?.[step] ?? null, value);
}
