import { currentDeployment } from "../../resolver/index.ts";
import type { Call } from "../terminal/call.ts";
import { CliError } from "../terminal/errors.ts";
import type { OpenDid, Submission } from "../transaction/did-call.ts";
import { feeFields } from "../transaction/gas-price.ts";
import { type Account, writeProvider } from "../transaction/signer.ts";
import { moment } from "../values/time.ts";
import { CANCELLED, cancelRequests } from "./cancel.ts";
import { VALID_FOR_S } from "./request.ts";

/**
 * Voids the requests that a DID's owner signed for relayers, before something is revoked: a relayer could hold one back that
 * sets the revoked entry again, which heals it. When that fails, the revocation continues, with a warning that has the last
 * moment at which such a request can be sent.
 *
 * @returns the part of the answer about it; nothing when the revocation itself is for a relayer, or the signer is not the
 * owner.
 */
export async function voidRequests(
  { terminal, options, out }: Call,
  { network, state, asOf }: OpenDid,
  signer: Account,
): Promise<Pick<Submission, "also">> {
  const { descriptor, rpcUrl } = network;
  const last = moment(Math.max(asOf.time, Math.floor(Date.now() / 1_000)) + VALID_FOR_S);
  const until = `until ${last} a relayer can send a request that you signed for it before, which may set this again`;
  if (options.relay !== undefined) {
    out.warn(`The revocation itself is for a relayer: ${until}. See mapae relay cancel`);
    return {};
  }
  if (state?.owner !== signer.address.toLowerCase()) return {};
  const { forwarder, registries } = currentDeployment(descriptor);
  const provider = writeProvider(rpcUrl, descriptor.chainId);
  try {
    out.note("Voiding requests that were signed for relayers …");
    const requestsVoid = await cancelRequests({
      signer: signer.connect(provider),
      forwarder: forwarder.address,
      registry: registries.did.address,
      chainId: descriptor.chainId,
      count: CANCELLED,
      fees: feeFields(terminal, options),
    });
    const text = `\n  void         all requests for relayers with a nonce below ${requestsVoid.nonce}`;
    return { also: { answer: { requestsVoid }, text } };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    out.warn(`Signed requests could not be voided (${error.message}): ${until}. Use mapae relay cancel afterwards`);
    return {};
  } finally {
    provider.destroy();
  }
}
