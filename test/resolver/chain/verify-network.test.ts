import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rpc } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import { verifyNetwork } from "../../../resolver/chain/verify-network.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { readerRpc } from "../../helpers/reader-rpc.ts";

test("a chain is checked in three requests, however many contracts its network has", async () => {
  const chain = new ChainSimulator();
  const server = readerRpc(chain);
  const requests: string[][] = [];
  const counting: Rpc = (calls) => {
    requests.push(calls.map(([method]) => method));
    return server(calls);
  };
  await verifyNetwork(rpcReader(counting), chain.network());
  const contracts = 7;
  assert.deepEqual(requests, [["eth_chainId"], ["eth_getBlockByNumber"], new Array(contracts).fill("eth_getCode")]);
});
