import assert from "node:assert/strict";
import { test } from "node:test";
import { readCredential } from "../../../resolver/credential/read-credential.ts";
import { type CredentialAnswer, listOf, verifyCredential } from "../../../resolver/credential/verify-credential.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { evidenceAsOf } from "../../helpers/evidence.ts";
import { issuerOf } from "../../helpers/issue.ts";
import { FOREVER, publicBytes } from "../../node/lists/served-node.ts";
import table from "../../vectors/valid/credential-table.json" with { type: "json" };

const ISSUER = formatDid("local", simulatedIdentity(1));
const INDEX = 7;
const WANTED = { type: "https://types.example/0", listUri: "https://lists.example/0", index: INDEX };
const LONG_AGO = 1_650_000_000;

const issuer = issuerOf(ISSUER);
const key = (validTo: number): SimulatedWrite => ({
  do: "key",
  identity: 1,
  algorithm: "P256",
  key: publicBytes(issuer.signer),
  validTo,
});
const grant = (identity: number, parent: number | null): SimulatedWrite[] => [
  { do: "grant", identity, type: 0, parent },
  { do: "accept", identity, type: 0, number: 0 },
];
const withdraw = (identity: number, from: number): SimulatedWrite => ({
  do: "withdraw",
  identity,
  type: 0,
  number: 0,
  from,
});
/** Two other credentials of the word are changed with it. */
const status = (revoke: number, suspend: number, reinstate: number): SimulatedWrite => ({
  do: "status",
  identity: 1,
  list: 0,
  word: 0,
  bits: [revoke, suspend, reinstate],
});

/** What each event of the table writes, in a block at a time. */
const EVENTS: Readonly<Record<string, (time: number) => SimulatedWrite>> = {
  revoke: () => status(INDEX, 100, 101),
  suspend: () => status(102, INDEX, 101),
  reinstate: () => status(102, 100, INDEX),
  "withdraw with a past date": () => withdraw(1, LONG_AGO),
  "withdraw from now on": (time) => withdraw(1, time),
  "withdraw the root with a past date": () => withdraw(0, LONG_AGO),
  "let the key expire": (time) => key(time),
  "revoke the key": () => key(0),
  "publish the key again": () => key(FOREVER),
  "deactivate the issuer": () => ({ do: "deactivate", identity: 1 }),
  "deactivate the root": () => ({ do: "deactivate", identity: 0 }),
  "close the list": () => ({ do: "close", identity: 1, list: 0 }),
};

/** An answer in short. */
function short(answer: CredentialAnswer): string {
  if (answer.verdict === "valid") return "valid";
  const grant = "grant" in answer && answer.grant !== undefined ? ` ${answer.grant}` : "";
  return `${answer.verdict} ${answer.reason}${grant}`;
}

for (const format of ["sdJwt", "vcJwt"] as const) {
  for (const { events, before, after } of table) {
    const story = events.length === 0 ? "nothing happens" : events.join(", then ");
    test(`${format}: ${story}`, async () => {
      const chain = new ChainSimulator();
      chain.mine([{ do: "type", type: 0 }, key(FOREVER), ...grant(0, null), ...grant(1, 0)]);
      chain.mine([{ do: "list", identity: 1, list: 0 }]);
      const early = { at: chain.tip.time, blocks: [...chain.branch] };
      for (const event of events) {
        const write = EVENTS[event] ?? assert.fail(event);
        const seen = chain.branch.at(-1)?.logs.length;
        chain.mine([write(chain.tip.time + 2)]);
        assert.equal(chain.tip.logs.length, 1, `the contracts take ${event} after ${seen}`);
      }
      chain.mine();
      const late = { at: chain.tip.time, blocks: [...chain.branch] };
      const options = { now: late.at, maxStaleness: Number.POSITIVE_INFINITY };
      for (const [at, wanted] of [
        [early.at, before],
        [late.at, after],
      ] as const) {
        const credential = readCredential(await issuer[format]({ ...WANTED, issuedAt: at }));
        assert.equal(credential.issuedAt, at);
        const list = listOf(credential) ?? assert.fail();
        const question = {
          issuer: credential.issuer.address,
          key: credential.key,
          typeId: keccak256Text(credential.type),
          at,
          status: credential.status && { list, index: credential.status.index },
        };
        const got = {
          before: short(await verifyCredential(credential, evidenceAsOf(early.blocks, question), options)),
          after: short(await verifyCredential(credential, evidenceAsOf(late.blocks, question), options)),
        };
        assert.deepEqual(got, wanted, at === early.at ? "issued before" : "issued after");
      }
    });
  }
}
