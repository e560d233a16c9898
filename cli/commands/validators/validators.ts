import { setTimeout as delay } from "node:timers/promises";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { hangs, type Seen, troubles } from "../../validators/examine.ts";
import { readServerStatus } from "../../validators/server-status.ts";
import { loadUrls } from "../../validators/servers.ts";
import { parsePause } from "../../values/duration.ts";

/** `mapae validators` */
export const add: AddCommand = (validators, terminal) => {
  validators
    .command("show")
    .description(
      "show the newest block, rounds and peers of every server, and validators that do not seal; fail when something is wrong",
    )
    .addHelpText(
      "after",
      `
Asks every server of MAPAE_RPC_URLS, each by itself. A server is named by its place there, from 0 on. Peers are unknown where a
server does not provide net_peerCount.

Example:
  $ MAPAE_RPC_URLS=http://127.0.0.1:8545,http://10.2.0.10:8545 mapae validators show`,
    )
    .action(async (_options: object, command) => {
      const { options, out } = callOf(terminal, command);
      const urls = loadUrls(terminal, options);
      const seen = await readServerStatuses(urls);
      const found = troubles(seen);
      out.answer({ servers: seen, troubles: found }, seen.map(describe).join("\n"));
      if (found.length > 0)
        throw new CliError("REFUSED", `Something is wrong with the validators: ${found.join("; ")}`);
    });
  validators
    .command("hung")
    .description(
      "exit with 0 if the first server's validator hangs while the others continue: for the watchdog that restarts it",
    )
    .option("--for <duration>", "how long its newest block has to stay the same", "60s")
    .addHelpText(
      "after",
      `
Looks twice at every server of MAPAE_RPC_URLS, of which the first is your own. A chain on which no validator makes blocks is no hang.

Example:
  $ mapae validators hung && systemctl restart besu`,
    )
    .action(async ({ for: time }: { for: string }, command) => {
      const { options, out } = callOf(terminal, command);
      const pause = named("--for", () => parsePause(time)) * 1_000;
      const urls = loadUrls(terminal, options);
      if (urls.length < 2)
        throw new CliError(
          "USAGE",
          "One server is not enough to tell whether the chain continues: name another member's too",
        );
      const before = await readServerStatuses(urls);
      await delay(pause);
      const after = await readServerStatuses(urls);
      const progress = urls.map((_, at) => ({ before: before[at]?.look, after: after[at]?.look }));
      const [own, ...others] = progress;
      const heads = progress.map(({ before, after }) => ({ before: before?.head ?? null, after: after?.head ?? null }));
      if (own === undefined || !hangs(own, others)) {
        throw new CliError("REFUSED", `It does not hang: newest blocks ${JSON.stringify(heads)}`);
      }
      out.answer(
        { heads },
        `The validator hangs at block ${own.after?.head ?? "?"}, and the chain goes on: ${JSON.stringify(heads)}`,
      );
    });
};

async function readServerStatuses(urls: readonly string[]): Promise<Seen[]> {
  return Promise.all(
    urls.map(async (url, place): Promise<Seen> => {
      try {
        return { place, look: await readServerStatus(url), trouble: undefined };
      } catch (error) {
        // URLs may contain passwords, so a server is named by its place in the list.
        return { place, look: undefined, trouble: (error as Error).message.replaceAll(url, "…").slice(0, 200) };
      }
    }),
  );
}

function describe({ place, look, trouble }: Seen): string {
  if (look === undefined) return `server ${place}  does not answer: ${trouble}`;
  const { head, time, peers, round, activity } = look;
  const age = Math.max(0, Math.round(Date.now() / 1_000 - time));
  const rounds = round === null ? "" : `, round ${round}`;
  return [
    `server ${place}  block ${head}, ${age} s old${rounds}, ${peers ?? "unknown"} peers`,
    ...(activity ?? []).map(({ validator, blocks }) => `  ${validator}  ${blocks} of the newest blocks`),
  ].join("\n");
}
