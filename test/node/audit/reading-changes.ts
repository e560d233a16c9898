import assert from "node:assert/strict";
import type { Change } from "../../../node/audit/changes/change.ts";
import type { startAuditedNode } from "./audited-node.ts";

type Node = Awaited<ReturnType<typeof startAuditedNode>>;
export const JSONL = { accept: "application/jsonl" };

/** Every change, page by page; each page of JSON has at most `limit` of them. */
export async function paged(node: Node, query: string, limit = 1_000): Promise<Change[]> {
  const all: Change[] = [];
  for (let after = ""; ; ) {
    const { changes, next } = await node.json(`/audit/changes?${query}&limit=${limit}${after}`);
    assert(changes.length <= limit);
    all.push(...changes);
    if (next === null) return all;
    after = `&after=${next}`;
  }
}

/** Every change of an export. */
export async function exportedLines(node: Node, query: string): Promise<Change[]> {
  const text = await (await node.get(`/audit/changes?${query}`, JSONL)).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Change);
}
