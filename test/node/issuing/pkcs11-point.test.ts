import assert from "node:assert/strict";
import { test } from "node:test";
import { pointOf } from "../../../node/issuing/pkcs11/open-module.ts";

test("a point is the same with an OCTET STRING around it and without one, also when it begins like one itself", () => {
  for (const length of [32, 65]) {
    for (const second of [0, length - 2, length, 255]) {
      const point = Buffer.alloc(length, 7);
      point.set([4, second]);
      assert.deepEqual(pointOf(point), point, `${length} ${second}`);
      assert.deepEqual(pointOf(Buffer.concat([Buffer.of(4, length), point])), point, `${length} ${second}`);
    }
  }
});
