/**
 * Loads the test files that are its arguments. For each `Order` of the parent process it runs their tests one after another
 * until one fails, and answers with the `Verdict`. Runs share only the loaded code, because each test deploys from the
 * current artifacts.
 */
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type RecordedTest, record, recorded } from "./recorded-tests.ts";
import { type Order, STALE, type Verdict } from "./tests.ts";

const NODE_TEST = new URL("./recorded-tests.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => next(specifier === "node:test" ? NODE_TEST : specifier, context),
});

let runs = 0;
let running: RecordedTest | undefined;

// The error of a promise without a handler. In the first run it comes from the running test, later it may come from an
// earlier mutant.
process.on("uncaughtException", () => {
  if (runs > 1 || !running) process.exit(STALE);
  answer({ outcome: "killed", file: running.file, by: running.name }, () => process.exit(STALE));
});
process.on("disconnect", () => process.exit());

function answer(verdict: Verdict, sent?: () => void): void {
  process.send?.(verdict, undefined, undefined, sent);
}

async function verdictOf(tests: readonly RecordedTest[]): Promise<Verdict> {
  for (const one of tests) {
    running = one;
    try {
      await one.run();
    } catch {
      return { outcome: "killed", file: one.file, by: one.name };
    }
  }
  return { outcome: "survived", passed: tests.length };
}

/** The tests of an order's files, in its order. */
function inOrder({ likely, files }: Order): RecordedTest[] {
  const rank = ({ file, name }: RecordedTest) => {
    const at = likely.findIndex((killer) => killer.file === file && killer.by === name);
    return at === -1 ? likely.length + files.indexOf(file) : at;
  };
  return recorded.filter(({ file }) => files.includes(file)).sort((one, other) => rank(one) - rank(other));
}

await record(process.argv.slice(2), (file) => import(pathToFileURL(resolve(file)).href));
process.on("message", async (order: Order) => {
  runs += 1;
  answer(await verdictOf(inOrder(order)));
});
