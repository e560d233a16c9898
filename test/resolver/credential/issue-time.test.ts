import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { roundedIssueTime } from "../../../resolver/credential/issue-time.ts";
import { BEGAN, judge, keyId, NOW, short, sign } from "../../helpers/credential-issuer.ts";
import vectors from "../../vectors/credentials/verdicts.json" with { type: "json" };

const ISSUER = keyId("P-256").split("#")[0];

async function verdict(iat: number): Promise<string> {
  const header = { alg: "ES256", typ: "dc+sd-jwt", kid: keyId("P-256") };
  return short(await judge(`${await sign({ header, claims: { ...vectors.bases.sd.claims, iss: ISSUER, iat } })}~`));
}

test("a card that is dated before its key began is refused, even by a second; from then on it is valid", async () => {
  assert.equal(await verdict(BEGAN - 1), "invalid keyNotYetValid");
  assert.equal(await verdict(BEGAN - (BEGAN % 86_400)), "invalid keyNotYetValid", "rounded down to the day");
  assert.equal(await verdict(BEGAN), "valid");
});

test("an issuer that rounds by the rule is valid from the moment on at which its key and its accreditation began", async () => {
  for (const now of [BEGAN, BEGAN + 1, BEGAN + 3_600, NOW]) {
    assert.equal(await verdict(roundedIssueTime(now, [BEGAN, BEGAN])), "valid", String(now));
  }
  const atMidnight = NOW - (NOW % 86_400);
  assert.equal(roundedIssueTime(NOW, [BEGAN]), atMidnight, "two days later, the day alone is told");
});

test("a rounded time is of the same day, no later than the clock, and no earlier than what began", () => {
  const second = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(second, fc.array(second, { minLength: 1, maxLength: 3 }), (now, began) => {
      if (began.some((one) => one > now)) {
        assert.throws(() => roundedIssueTime(now, began), { code: "ISSUED_TOO_EARLY" });
        return;
      }
      const time = roundedIssueTime(now, began);
      assert.ok(time <= now && now - time < 86_400 && began.every((one) => time >= one));
      assert.ok(time % 86_400 === 0 || began.includes(time));
    }),
  );
});
