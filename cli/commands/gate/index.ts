import { levelStore, openGate, parseGatePolicy } from "../../../gate/index.ts";
import { shownImport } from "../../../gate/service/answer.ts";
import { type FedBundle, feed } from "../../../gate/service/feed.ts";
import { checkLines } from "../../../gate/service/lines.ts";
import { Nonces } from "../../../gate/service/nonces.ts";
import { serveGate } from "../../../gate/service/server.ts";
import { BundleFolder } from "../../../gate/sources/folder.ts";
import { BundleUrl } from "../../../gate/sources/url.ts";
import { signalToEnd } from "../../../node/runtime/signal-to-end.ts";
import { readBundleBytes } from "../../bundle/read-file.ts";
import { readJsonInput } from "../../files/files.ts";
import { type AddCommand, callOf, collect } from "../../terminal/call.ts";
import { named, namedIfGiven } from "../../terminal/named.ts";
import { httpUrl, readDescriptor } from "../../terminal/settings.ts";
import { parsePause } from "../../values/duration.ts";
import { parseWhole } from "../../values/whole.ts";

/** Longest policy, in bytes. */
const MAX_POLICY_BYTES = 262_144;

interface Options {
  readonly policy: string;
  readonly data: string;
  readonly bundle?: readonly string[];
  readonly folder?: string;
  readonly url?: string;
  readonly every: string;
  readonly port?: string;
}

/** `mapae gate` */
export const add: AddCommand = (program, terminal) => {
  program
    .requiredOption("--policy <file>", "the policy: admitted types and the highest age of the bundle (docs/offline.md)")
    .requiredOption(
      "--data <folder>",
      "the state of the gate: the bundle, the latest time that it saw, evidence of alarms",
    )
    .option("--bundle <file>", "a bundle or delta to import at the start; may be given several times", collect)
    .option("--folder <folder>", "a folder in which *.bundle files appear, such as a USB stick")
    .option("--url <url>", "where new bundles are fetched: a node's /bundles?types=…, or a file")
    .option("--every <duration>", "how often folder and URL are checked for new bundles", "1m")
    .option("--port <port>", "answer over HTTP on this port of 127.0.0.1, in place of standard input")
    .addHelpText(
      "after",
      `
Without --port it reads standard input: on each line a credential's text, or JSON with credential, nonce and
statusToken; it answers on a line each, and ends with the input. With --port a door controller asks POST /nonces
and POST /checks. Only "outcome":"admit" opens a door. Nothing is recorded about a person: the log has counts by reason.

Examples:
  $ mapae gate --policy gate.json --data /var/lib/gate --bundle monday.bundle < valid.sd-jwt
  $ mapae gate --policy gate.json --data /var/lib/gate --folder /media/stick --port 8090`,
    )
    .action(async (given: Options, command) => {
      const { options, out } = callOf(terminal, command);
      const port = namedIfGiven("--port", given.port, (text) => parseWhole(text, "A port", 0, 65_535));
      const seconds = named("--every", () => parsePause(given.every));
      const from = namedIfGiven("--url", given.url, (text) => httpUrl(text, "The URL of bundles is that of a server"));
      const network = await readDescriptor(terminal, options);
      const file = { path: given.policy, what: "gate's policy", maxBytes: MAX_POLICY_BYTES };
      const policy = await named("--policy", async () => parseGatePolicy(await readJsonInput(file)));
      const store = await named("--data", () => levelStore(given.data, network));
      const onFault = (error: unknown) => out.warn(error instanceof Error ? error.message : String(error));
      const onBundle = (fed: FedBundle) => terminal.stderr.write(`${JSON.stringify({ bundle: fed })}\n`);
      try {
        const gate = await openGate({ network, policy, store, onFault });
        for (const path of given.bundle ?? []) {
          const imported = await gate.importBundle(await named("--bundle", () => readBundleBytes(path)));
          onBundle({ from: path, ...shownImport(imported) });
        }
        const folder = given.folder === undefined ? undefined : new BundleFolder(given.folder);
        const url = from === undefined ? undefined : new BundleUrl({ url: from });
        const checkSources = () => feed({ gate, folder, url, onBundle });
        await checkSources();
        if (port === undefined)
          return await checkLines(gate, terminal.stdin as AsyncIterable<Uint8Array>, terminal.stdout as never);
        const nonces = new Nonces(() => Math.floor(Date.now() / 1_000));
        const server = await serveGate({ gate, nonces, audience: policy.audience, port, onFault });
        out.answer({ url: server.url, ...gate.status() }, `The gate answers on ${server.url}`);
        await untilStopped(seconds * 1_000, async () => {
          await checkSources().catch(onFault);
          terminal.stderr.write(`${JSON.stringify({ checks: gate.status().checks })}\n`);
        });
        await server.close();
        await gate.close();
      } finally {
        await store.close();
      }
    });
};

/** Repeats work until Ctrl-C or SIGTERM. */
async function untilStopped(pause: number, work: () => Promise<void>): Promise<void> {
  const stopped = signalToEnd().then(() => true);
  for (;;) {
    const paused = new Promise<false>((resolve) => setTimeout(() => resolve(false), pause).unref());
    if (await Promise.race([stopped, paused])) break;
    await work();
  }
}
