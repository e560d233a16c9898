import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { httpRpc, RpcError } from "../../../resolver/index.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";
import { type ChainProcess, errorOf } from "../harness.ts";
import { address, BODIES, body, COUNCIL, DEPLOYER, GUARDIAN, setUp } from "./bodies.ts";

async function gasOf(chain: ChainProcess, account: number): Promise<number> {
  return Number(await chain.rpc("eth_getTransactionCount", [address(account), "latest"]));
}

test("bodies with a threshold of one, a shared member, or the paying account as a member are refused", async (t) => {
  const { found } = await setUp(t);
  const cases: [RegExp, unknown][] = [
    [/at least two sign/, { ...BODIES, council: body(COUNCIL, 1) }],
    [/more have to sign than there are/, { ...BODIES, guardian: body(GUARDIAN, 4) }],
    [/named twice/, { ...BODIES, council: body([1, 1, 2], 2) }],
    [/in both bodies/, { ...BODIES, guardian: body([3, 4, 5], 2) }],
    [/no time to cancel/, { ...BODIES, rehearsal: undefined }],
    [/pays and is a member of the council/, { ...BODIES, council: body([DEPLOYER, 1, 2], 2) }],
    [/An address is 0x and 40 hex digits/, { ...BODIES, council: { threshold: 2, owners: ["0x12", address(1)] } }],
  ];
  for (const [says, bodies] of cases) {
    const { code, message } = errorOf(await found(bodies));
    assert.equal(code, "INVALID_INPUT");
    assert.match(message, says);
  }
});

test("a founding that was interrupted after any transaction continues there, and sends nothing twice", async (t) => {
  const { chain, found, path } = await setUp(t);
  const upstream = httpRpc({ url: chain.url });
  let left = 1;
  await using server = await startRpcServer(async (calls) => {
    const sends = calls.filter(([method]) => method === "eth_sendRawTransaction").length;
    if (sends > 0 && left-- <= 0)
      throw new RpcError("eth_sendRawTransaction", { code: -32_000, message: "out of order" });
    return upstream(calls);
  });
  let attempts = 0;
  for (; attempts < 10; attempts++) {
    left = 1;
    const { code, stderr } = await found(BODIES, DEPLOYER, server.url);
    if (code === 0) break;
    assert.match(stderr, /out of order/);
  }
  assert.equal(attempts, 4);
  // Three contracts, two Safes.
  assert.equal(await gasOf(chain, DEPLOYER), 5);
  assert.match(await readFile(path("council.json"), "utf8"), /"council": "0x/);
});
