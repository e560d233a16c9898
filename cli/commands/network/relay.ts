import { Contract } from "ethers";
import { dateTime } from "../../../resolver/index.ts";
import { readInput } from "../../files/files.ts";
import { expectNoRelay } from "../../relay/relay-option.ts";
import { innerCall, parseRequests, type RelayRequest } from "../../relay/request.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { INTERFACES } from "../../transaction/interfaces.ts";
import { type Registries, withRegistries } from "../../transaction/registries.ts";
import { explain, type Written, writtenLines } from "../../transaction/send.ts";
import { addRelayCancel } from "./relay-cancel.ts";

/** Longest file of requests, in bytes. */
const MAX_REQUESTS_BYTES = 16_777_216;

/** `mapae relay` */
export const add: AddCommand = (relay, terminal) => {
  relay
    .option("--keep-going", "go on with the next request when one fails")
    .addHelpText(
      "after",
      `
Each request is checked and simulated first, so that one that a registry would refuse costs nothing, and its reason is shown.
Requests go to the registries of the network only, and move no value.

Example:
  $ mapae status revoke did:mapae:local:0x… 0 --index 5 --relay requests.jsonl  (an account without gas)
  $ mapae relay requests.jsonl                                                  (the relayer, which pays)`,
    )
    .action(async (path: string, { keepGoing }: { keepGoing?: true }, command) => {
      const call = callOf(terminal, command);
      expectNoRelay(call.options, "A relayer sends the requests and pays");
      const text = await readInput({ path, what: "file of requests", maxBytes: MAX_REQUESTS_BYTES });
      const requests = parseRequests(text, path);
      if (requests.length === 0) throw new CliError("INVALID_INPUT", `${path} holds no request`);
      await withRegistries(call, async (registries) => {
        const done: (Written & { from: string; nonce: string })[] = [];
        const failed: string[] = [];
        for (const [index, request] of requests.entries()) {
          const { from, nonce } = request;
          call.out.note(`Request ${index + 1} of ${requests.length}, of ${from} …`);
          try {
            done.push({ from, nonce, ...(await relayOne(registries, request)) });
          } catch (error) {
            const why = `Request ${index + 1}, of ${from}: ${(error as Error).message}`;
            if (!keepGoing || !(error instanceof CliError))
              throw error instanceof CliError ? new CliError(error.code, why, { cause: error }) : error;
            call.out.warn(why);
            failed.push(why);
          }
        }
        const lines = done.map((one) => `${one.from}\n${writtenLines(one)}`);
        call.out.answer({ sent: done, failed }, lines.join("\n"));
        if (failed.length > 0) throw new CliError("REFUSED", `${failed.length} of ${requests.length} requests failed`);
      });
    });
  addRelayCancel(relay, terminal);
};

async function relayOne(registries: Registries, request: RelayRequest): Promise<Written> {
  const { deployment, newest, provider, write } = registries;
  const { from, to, nonce, deadline, data } = request;
  const known = Object.values(deployment.registries).map((one) => one.address);
  if (!known.includes(to)) throw new CliError("REFUSED", `${to} is no registry of this network`);
  if (deadline < newest.time) throw new CliError("REFUSED", `its deadline, ${dateTime(deadline)}, is over`);
  const forwarder = new Contract(deployment.forwarder.address, INTERFACES.forwarder, provider);
  const next: bigint = await forwarder.getFunction("nonces")(from);
  if (BigInt(nonce) !== next) {
    const why = BigInt(nonce) < next ? "it was sent or cancelled before" : "one before it is missing";
    throw new CliError("REFUSED", `its nonce is ${nonce}, the next is ${next}: ${why}`);
  }
  if (!(await forwarder.getFunction("verify")(request))) {
    throw new CliError("REFUSED", `its signature is not of ${from} for this network, or it was altered`);
  }
  try {
    await provider.call(innerCall({ from, to, data }, deployment.forwarder.address));
  } catch (error) {
    throw explain(error, from);
  }
  return write(forwarder, "execute", [request]);
}
