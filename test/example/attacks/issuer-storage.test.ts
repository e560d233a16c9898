import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openDatabase } from "../../../examples/mobile-id/issuer/database.ts";
import { Roll } from "../../../examples/mobile-id/issuer/roll.ts";
import { Wallets } from "../../../examples/mobile-id/issuer/wallets.ts";
import { endsOf, temporaryFolder } from "../../cli/harness.ts";

test("an offer lasts ten minutes, a wallet half a year, and then the issuer keeps nothing of them", async (t) => {
  const database = openDatabase(join(await temporaryFolder(t), "issuer.sqlite"));
  endsOf(t)(async () => database.close());
  const clock = { now: 1_700_000_000 };
  const wallets = new Wallets(database, () => clock.now);
  const person = new Roll(database).person(1) ?? assert.fail("nobody is on the roll");
  const rows = () =>
    ["offer", "access", "wallet"].map((table) => database.prepare(`select count(*) as n from ${table}`).get()?.n);
  const { code, txCode } = wallets.offer(person, "official-id");
  const redeemed = wallets.redeem(code, txCode, "thumbprint");
  assert(typeof redeemed === "object");
  wallets.access(redeemed.wallet);
  const late = wallets.offer(person, "drivers-licence");
  assert.deepEqual(rows(), [1, 1, 1]);
  wallets.forgetExpired();
  assert.deepEqual(rows(), [1, 1, 1]);
  clock.now += 600;
  assert.equal(wallets.redeem(late.code, late.txCode, "thumbprint"), "unknown");
  wallets.forgetExpired();
  assert.deepEqual(rows(), [0, 0, 1]);
  clock.now += 180 * 86_400;
  wallets.forgetExpired();
  assert.deepEqual(rows(), [0, 0, 0]);
});
