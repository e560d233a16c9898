import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseType } from "../../../../node/http/negotiation/media-type.ts";

const SERVED = ["application/statuslist+jwt", "application/statuslist+cwt"] as const;

for (const [accept, wanted] of [
  [undefined, "application/statuslist+jwt"],
  ["*/*", "application/statuslist+jwt"],
  ["application/*", "application/statuslist+jwt"],
  ["application/statuslist+cwt", "application/statuslist+cwt"],
  ["application/statuslist+cwt, application/statuslist+jwt", "application/statuslist+cwt"],
  ["application/statuslist+cwt;q=0.5, */*;q=0.4", "application/statuslist+cwt"],
  ["application/statuslist+jwt;q=0, */*", "application/statuslist+cwt"],
  ["text/html", undefined],
  ["*/*;q=0", undefined],
] as const) {
  test(`Accept: ${accept} gets ${wanted ?? "nothing"}`, () => {
    assert.equal(chooseType(accept, SERVED), wanted);
  });
}
