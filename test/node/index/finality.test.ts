import assert from "node:assert/strict";
import { test } from "node:test";
import { finalizedAt, keptWindow, undoWindow } from "../../../node/index/finality.ts";

const instant = { kind: "instant" } as const;
const depth = (blocks: number) => ({ kind: "depth", blocks }) as const;

test("on a network with instant finality every block is final at once, on another one those that are deep enough", () => {
  for (const [finality, tip, final] of [
    [instant, 7, 7],
    [instant, -1, -1],
    [depth(12), 20, 8],
    [depth(12), 12, 0],
    [depth(12), 11, -1],
    [depth(12), 3, -1],
  ] as const)
    assert.equal(finalizedAt(finality, tip), final, JSON.stringify([finality, tip]));
});

test("as many blocks are kept undoable as a reorganisation may replace, at least 128 and at most 256", () => {
  for (const [finality, replaceable, kept] of [
    [instant, 0, 128],
    [depth(12), 12, 128],
    [depth(200), 200, 200],
    [depth(1_000), 256, 256],
  ] as const)
    assert.deepEqual([undoWindow(finality), keptWindow(finality)], [replaceable, kept], JSON.stringify(finality));
});
