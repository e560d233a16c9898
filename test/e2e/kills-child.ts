/**
 * Program: a node without HTTP, which its parent kills. It waits for a {@link Start} and reports that it runs. On the hash of a
 * block, it reports its content once it serves that block. On "compact", it lets LevelDB compact repeatedly.
 */
import { Level } from "level";
import { pino } from "pino";
import { failover } from "../../node/chain/servers/failover.ts";
import { Indexer } from "../../node/index/indexer.ts";
import { openStore } from "../../node/index/open-store.ts";
import { Progress } from "../../node/index/progress.ts";
import { sync } from "../../node/index/sync.ts";
import { Backoff } from "../../node/runtime/backoff.ts";
import { systemClock } from "../../node/runtime/clock.ts";
import { type Database, ENCODINGS } from "../../node/store/database.ts";
import { IndexDirectory } from "../../node/store/directory.ts";
import { httpRpc } from "../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";

export interface Start {
  readonly network: NetworkDescriptor;
  readonly directory: string;
  readonly rpcUrl: string;
}

export type Command = Start | { readonly reportAt: string } | "compact";

export type Answer =
  | { readonly kind: "started" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "report"; readonly content: string | undefined; readonly roots: unknown };

const logger = pino({ level: "silent" });
const never = new AbortController().signal;
const send = (answer: Answer) => void process.send?.(answer);

let database: Level<string, string> & { compactRange(from: string, to: string): Promise<void> };
/** The buffers are as small as LevelDB allows, so that it writes and compacts tables all the time. */
async function openDatabase(directory: string): Promise<Database> {
  database = new Level<string, string>(directory, {
    ...ENCODINGS,
    writeBufferSize: 65_536,
  } as object) as typeof database;
  await database.open();
  return Object.assign(database, { memory: () => 0 }); // no metrics are read
}

async function run({ network, directory, rpcUrl }: Start): Promise<void> {
  const { store } = await openStore(new IndexDirectory({ path: directory, network, openDatabase, logger }), network);
  const indexer = new Indexer({ store, network });
  const policy = { staleAfter: null, refuseAfter: null };
  process.on("message", async (command: Command) => {
    if (command === "compact") for (;;) await database.compactRange("", "7e");
    if (!(typeof command === "object" && "reportAt" in command)) return;
    while (indexer.served.asOf()?.hash !== command.reportAt) await systemClock.sleep(2, never);
    send({ kind: "report", content: store.contentHash()?.hash, roots: indexer.served.roots() });
  });
  send({ kind: "started" });
  await sync({
    indexer,
    network,
    reader: failover({
      readers: [rpcReader(httpRpc({ url: rpcUrl }))],
      verify: (reader) => verifyNetwork(reader, network),
      now: systemClock.monotonic,
      time: systemClock.now,
      random: () => 0,
    }),
    progress: new Progress({ indexer, policy, now: systemClock.now, onChange: () => {} }),
    observer: { reorganised: () => {}, healed: () => {} },
    backoff: new Backoff(() => 0),
    pollMs: 10,
    clock: systemClock,
    logger,
    signal: never,
  });
}

process.once("disconnect", () => process.exit(1));
process.once("message", (start: Start) => {
  run(start).catch((error: unknown) => send({ kind: "failed", message: String(error) }));
});
