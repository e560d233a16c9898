import {
  type Header,
  httpRpc,
  type NetworkDescriptor,
  rpcReader,
  UnavailableError,
  verifyNetwork,
} from "../../resolver/index.ts";
import { checkAnswers } from "./check-answers.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

/** Seconds by which a block's time may be ahead of this machine's clock: Clique and QBFT allow a few. */
const MAX_AHEAD_S = 15;
/** Age of a chain's newest block, in seconds, above which there is a warning. */
const MAX_AGE_S = 60;

export interface ChainCheck {
  readonly url: string;
  readonly network: NetworkDescriptor;
  /** This machine's clock, in Unix seconds. */
  readonly now: () => number;
}

/**
 * Whether a chain's server answers all requests of a node, has the network's own chain, and agrees with this machine's clock.
 */
export async function checkChain({ url, network, now }: ChainCheck): Promise<Finding[]> {
  // The path may contain a token, the user info a password: neither is printed.
  const what = `chain at ${new URL(url).origin}`;
  try {
    let refusedBatch: number | undefined;
    const onBatchRefused = (calls: number) => {
      refusedBatch = Math.max(refusedBatch ?? 0, calls);
    };
    const reader = rpcReader(httpRpc({ url, onBatchRefused }));
    await verifyNetwork(reader, network);
    const detail = `chain ${network.chainId}, its genesis and the contracts' code are those of ${network.name}`;
    const newest = await reader.header("latest");
    if (newest === null) throw new UnavailableError("The chain has no newest block");
    return [
      ok(what, detail),
      agreement(`clock of ${what}`, newest, now()),
      await checkAnswers({ what: `answers of ${what}`, reader, newest, network, refusedBatch: () => refusedBatch }),
    ];
  } catch (error) {
    return [fault(what, error)];
  }
}

function agreement(what: string, newest: Header, now: number): Finding {
  const age = now - newest.time;
  if (age < -MAX_AHEAD_S) {
    return warning(what, `block ${newest.number} is ${-age} s ahead of this machine's clock: set the clock (NTP)`);
  }
  if (age > MAX_AGE_S) {
    return warning(
      what,
      `block ${newest.number}, the newest, is ${age} s old: the chain stands still, this server lags, or this machine's clock is fast`,
    );
  }
  return ok(what, `block ${newest.number} is ${Math.abs(age)} s ${age < 0 ? "ahead" : "old"}`);
}
