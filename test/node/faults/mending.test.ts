import assert from "node:assert/strict";
import { test } from "node:test";
import { registriesOf } from "../../../node/index/roots.ts";
import type { Log } from "../../../resolver/chain/chain-reader.ts";
import { RealChain } from "./chain.ts";
import type { Fault } from "./faults.ts";
import type { Alter } from "./proxy.ts";
import { random, run } from "./run.ts";

/** Blocks to read by ranges, with a write in every tenth. */
const BLOCKS = 400;

const chain = await RealChain.start();
for (let mined = 0; mined < BLOCKS; mined += 10) {
  await chain.write(random);
  await chain.mineEmpty(9);
}
const { did, trust, status } = registriesOf(chain.network);
const all = chain.tip.logs;
const ofContract = (address: string) => all.filter((log) => log.address === address);
const ofSubject = (log: Log | undefined) => all.filter(({ topics }) => topics[1] === log?.topics[1]);
/** A subject of a contract that was written more than once. */
const busy = (address: string) => ofSubject(ofContract(address).find((log) => ofSubject(log).length > 1));
const alone = (log: Log) => all.filter(({ blockHash }) => blockHash === log.blockHash).length === 1;

const missing: [what: string, logs: readonly (Log | undefined)[]][] = [
  ["the first event of an identity", [busy(did)[0]]],
  ["the newest event of an identity", [busy(did).at(-1)]],
  ["the only event of a grant", [ofContract(trust).findLast((log) => ofSubject(log).length === 1)]],
  ["a change of a status list", [busy(status).at(-2)]],
  ["the newest change of a status list", [busy(status).at(-1)]],
  ["the only log of a block", [all.findLast(alone)]],
  ["one of the logs of a block", [all.findLast((log) => !alone(log))]],
  ["every tenth log", all.filter((_, at) => at % 10 === 3)],
];

interface JsonLog {
  readonly blockHash: string;
  readonly logIndex: string;
}

/** Leaves some logs out of all answers, and knows how to give a block's receipts at once, if `atOnce` says so. */
function leavingOut(logs: readonly (Log | undefined)[], atOnce: boolean): Alter {
  const keys = new Set(logs.map((log) => `${log?.blockHash} ${log?.logIndex}`));
  return async ([method, params], honest, ask) => {
    if (method === "eth_getBlockReceipts" && atOnce) {
      const block = await ask("eth_getBlockByHash", [params[0], false]);
      const { transactions } = (block as { result: { transactions: string[] } }).result;
      const receipts = transactions.map(
        async (hash) => (await ask("eth_getTransactionReceipt", [hash])) as { result: unknown },
      );
      return { result: (await Promise.all(receipts)).map(({ result }) => result) };
    }
    if (method !== "eth_getLogs" || !("result" in honest)) return undefined;
    const given = honest.result as JsonLog[];
    const left = given.filter(({ blockHash, logIndex }) => !keys.has(`${blockHash} ${Number(logIndex)}`));
    return left.length === given.length ? undefined : { result: left };
  };
}

for (const [at, [what, logs]] of missing.entries()) {
  test(`${what}, left out by the only server forever, is read from receipts`, async (t) => {
    assert(logs.length > 0 && logs.every((log) => log !== undefined));
    const alter = leavingOut(logs, at % 2 === 0);
    const fault: Fault = { name: what, kinds: ["history", "data"], spoil: { what: "call", alter } };
    await run({ t, chain, fault });
  });
}

test("a server that leaves out a log and forges receipts forever is never believed, another one is", async (t) => {
  const drop = leavingOut([busy(did)[0]], true);
  const alter: Alter = async (call, honest, ask) => {
    const answer = await drop(call, honest, ask);
    if (call[0] !== "eth_getBlockReceipts" || answer === undefined || !("result" in answer)) return answer;
    const receipts = answer.result as { logs: { data: string }[] }[];
    const forged = receipts.map(({ logs, ...receipt }) => ({
      ...receipt,
      logs: logs.map((log) => ({ ...log, data: `${log.data.slice(0, -1)}${log.data.endsWith("0") ? "1" : "0"}` })),
    }));
    return { result: forged };
  };
  await run({
    t,
    chain,
    second: true,
    fault: { name: "forges", kinds: ["history", "data"], spoil: { what: "call", alter } },
  });
});
