import type { FailureKind } from "../../../node/chain/servers/failure.ts";
import type { Rpc, RpcCall } from "../../../resolver/chain/rpc/rpc.ts";
import { DIALECTS } from "./dialects.ts";
import { forgedBranch } from "./forged-branch.ts";
import { lagging } from "./lagging.ts";
import { MALFORMED, malformed } from "./malformed.ts";
import { poison } from "./poison.ts";
import type { Alter, Spoil } from "./proxy.ts";

/** A fault of a chain's server. */
export interface Fault {
  readonly name: string;
  readonly spoil: Spoil;
  /** Number of affected answers; by default all, and the node must still reach the correct state. */
  readonly times?: number;
  /** Alteration of all answers while the fault lasts. */
  readonly always?: Alter;
  /** Whether a node without another server has to halt when the fault lasts. */
  readonly halts?: true;
  /** Whether the false data is consistent, so that a node without another server can detect it only afterwards. */
  readonly poisons?: true;
  /** Whether a node that never saw a later block can't detect the fault. */
  readonly hidden?: true;
  /** Whether an answer takes the maximum memory of an answer. */
  readonly fills?: true;
  /** Kinds of failure of which the node tells at least one; not of what may mean too much at once: it asks for less then. */
  readonly kinds?: readonly FailureKind[];
  /** Milliseconds after which a request is given up. */
  readonly timeout?: number;
}

type LogsOf = (logs: readonly Log[]) => readonly Log[] | undefined;
type Log = Record<string, unknown>;

const alterLogs =
  (logsOf: LogsOf): Alter =>
  ([method], honest) => {
    if (method !== "eth_getLogs" || !("result" in honest) || !Array.isArray(honest.result)) return undefined;
    const result = honest.result.length === 0 ? undefined : logsOf(honest.result);
    return result && { result };
  };

const dropOne = alterLogs((logs) => logs.toSpliced(logs.length >> 1, 1));

const respond = (send: (...given: Parameters<(Spoil & { what: "response" })["send"]>) => void): Spoil => ({
  what: "response",
  send(...given) {
    send(...given);
    return true;
  },
});

/** An endless body of blanks, which ends when the node closes the connection. */
const ENDLESS = respond((response) => {
  const part = Buffer.alloc(4 * 1_048_576, " ");
  const more = () => {
    while (!response.destroyed && response.write(part));
  };
  response.setHeader("content-type", "application/json").on("drain", more);
  more();
});

/** A server that has the genesis block only. */
const SYNCING: Spoil = {
  what: "call",
  async alter([method, params], _honest, ask) {
    if (method === "eth_getCode") return { result: "0x" };
    if (method !== "eth_getBlockByNumber" || params[0] !== "latest") return undefined;
    return ask(method, ["0x0", false]);
  },
};

/** A server of another chain, for as long as it does not answer otherwise. */
const MISTAKEN: Spoil = {
  what: "call",
  alter: ([method]) =>
    method === "eth_chainId" ? { result: "0x539" } : { error: { code: -32_000, message: "it is busy" } },
};

/** Data by which every key would be expired. */
const later: Alter = ([method], honest) => {
  if (!method.startsWith("eth_getBlockBy") || !("result" in honest) || honest.result === null) return undefined;
  const block = honest.result as { timestamp: string };
  return { result: { ...block, timestamp: `0x${(Number(block.timestamp) + 400 * 86_400).toString(16)}` } };
};

/** The faults; `other` is the chain of the server that turns out to be of another one. */
export function faults(other: Rpc): readonly Fault[] {
  return [
    { name: "refuses connections", kinds: ["refused"], times: 4, spoil: { what: "connection" } },
    { name: "does not answer in time", kinds: ["timeout"], times: 3, timeout: 1_000, spoil: respond(() => {}) },
    {
      name: "breaks off in an answer",
      kinds: ["reset"],
      times: 4,
      spoil: respond((response, body) => {
        response.writeHead(200, { "content-length": String(body.length) });
        response.write(body.slice(0, body.length >> 1), () => response.destroy());
      }),
    },
    {
      name: "says 429",
      kinds: ["http"],
      times: 4,
      spoil: respond((response) =>
        response.writeHead(429, { "retry-after": "1" }).end('{"error":"too many requests"}'),
      ),
    },
    {
      name: "says 502 in HTML",
      times: 4,
      spoil: respond((response) =>
        response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>"),
      ),
    },
    {
      name: "answers half of a JSON",
      times: 4,
      spoil: respond((response, body) => response.end(body.slice(0, body.length >> 1))),
    },
    { name: "answers with nothing", times: 4, spoil: respond((response) => response.end()) },
    { name: "does not come to the end of an answer", fills: true, times: 2, spoil: ENDLESS },
    {
      name: "gives null to all that it is asked",
      kinds: ["absent", "data"],
      times: 6,
      spoil: { what: "call", alter: () => ({ result: null }) },
    },
    ...DIALECTS.map(
      ([server, spoil]): Fault => ({
        name: `can't give so many logs, in the words of ${server}`,
        kinds: ["rpc", "http"],
        spoil,
      }),
    ),
    {
      name: "answers with no logs",
      kinds: ["history", "data"],
      spoil: { what: "call", alter: alterLogs(() => []) },
    },
    { name: "leaves out a log", kinds: ["history", "data"], spoil: { what: "call", alter: dropOne } },
    {
      name: "gives a log twice",
      kinds: ["history", "data"],
      spoil: { what: "call", alter: alterLogs((logs) => [...logs, ...logs.slice(-1)]) },
    },
    ...MALFORMED.map(
      ([name, malform]): Fault => ({ name, kinds: ["data", "rpc", "json"], times: 6, spoil: malformed(malform) }),
    ),
    { name: "syncs from the first block, and has no contract yet", kinds: ["absent"], times: 8, spoil: SYNCING },
    {
      name: "says for a moment that its chain is another one",
      halts: true,
      // Which chain it has is asked when it failed, and it is busy meanwhile.
      kinds: ["network", "rpc"],
      times: 4,
      spoil: MISTAKEN,
    },
    {
      name: "shows for a moment another branch, below what is final",
      halts: true,
      times: 30,
      spoil: { what: "call", alter: forgedBranch() },
    },
    {
      name: "tells no logs and old roots for a while",
      times: 8,
      poisons: true,
      spoil: { what: "call", alter: poison() },
    },
    {
      name: "shows other roots for a while",
      // Beside a second server it may be by comparing both that they are found.
      kinds: ["history", "roots"],
      times: 9,
      spoil: { what: "call", alter: otherRoots },
    },
    {
      name: "shows its newest block with another time",
      kinds: ["data"],
      times: 6,
      spoil: { what: "call", alter: later },
    },
    { name: "shows an old tip", hidden: true, times: 12, spoil: { what: "call", alter: lagging(() => true) } },
    { name: "shows alternating tips", times: 6, spoil: { what: "call", alter: lagging(alternately()) } },
    { name: "is of another chain", halts: true, kinds: ["network"], spoil: { what: "chain", rpc: other } },
    {
      name: "forges receipts, and leaves out logs forever",
      kinds: ["data"],
      times: 3,
      always: dropOne,
      spoil: { what: "call", alter: forgeReceipt },
    },
  ];
}

/** Changes a part of a receipt that is in no log, so that only the receipts root reveals it. */
function forgeReceipt([method]: RpcCall, honest: Parameters<Alter>[1]) {
  if (method !== "eth_getTransactionReceipt" || !("result" in honest)) return undefined;
  return { result: { ...(honest.result as object), cumulativeGasUsed: "0x1" } };
}

/** Roots that are the fold of no logs. */
function otherRoots([method]: RpcCall) {
  return method === "eth_getStorageAt" ? { result: `0x${"77".repeat(32)}` } : undefined;
}

function alternately(): () => boolean {
  let turn = false;
  return () => {
    turn = !turn;
    return turn;
  };
}
