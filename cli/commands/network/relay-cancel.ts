import { currentDeployment } from "../../../resolver/index.ts";
import { CANCELLED, cancelRequests, MAX_CANCELLED } from "../../relay/cancel.ts";
import { expectNoRelay } from "../../relay/relay-option.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { named } from "../../terminal/named.ts";
import { openNetwork } from "../../terminal/settings.ts";
import { feeFields } from "../../transaction/gas-price.ts";
import { writtenLines } from "../../transaction/send.ts";
import { readSigner, writeProvider } from "../../transaction/signer.ts";
import { moment } from "../../values/time.ts";
import { parseWhole } from "../../values/whole.ts";

/** `mapae relay cancel` */
export const addRelayCancel: AddCommand = (parent, terminal) => {
  parent
    .command("cancel")
    .description("void requests that your account signed for relayers and that were not sent yet")
    .option("--count <n>", `how many of the next nonces to use up, up to ${MAX_CANCELLED}`, String(CANCELLED))
    .addHelpText(
      "after",
      `
A relayer can hold a request back until its deadline, an hour after it was signed. This uses up the nonces that such
requests need, in one transaction of your own. A request that needs a later nonce than all of these is not void: give as
many as you ever signed ahead.

Example:
  $ mapae relay cancel --keystore agency.json`,
    )
    .action(async ({ count }: { count: string }, command) => {
      const { options, out } = callOf(terminal, command);
      expectNoRelay(options, "A relayer could hold this request back as well");
      const number = named("--count", () => parseWhole(count, "A number of nonces", 1, MAX_CANCELLED));
      const fees = feeFields(terminal, options);
      const { descriptor, rpcUrl } = await openNetwork(terminal, options);
      const { forwarder, registries } = currentDeployment(descriptor);
      const signer = await readSigner(terminal, options);
      const provider = writeProvider(rpcUrl, descriptor.chainId);
      try {
        const cancelled = await cancelRequests({
          signer: signer.connect(provider),
          forwarder: forwarder.address,
          registry: registries.did.address,
          chainId: descriptor.chainId,
          count: number,
          fees,
        });
        const { from, nonce, lastDeadline } = cancelled;
        const text =
          `${from}\n  void         all requests with a nonce below ${nonce}\n${writtenLines(cancelled)}\n` +
          `  others       requests signed with mapae until now can be sent until ${moment(lastDeadline)}`;
        out.answer(cancelled, text);
      } finally {
        provider.destroy();
      }
    });
};
