import type { NodeConfig } from "../../node/config/config.ts";
import { openSigners } from "../../node/issuing/open-signers.ts";
import { operatorAmong } from "../../node/issuing/operator.ts";
import { type Finding, fault, ok } from "./finding.ts";

/** Whether the node attests blocks, by a key that the descriptor names. A hardware module is left alone: tokens count PINs. */
export async function checkOperator({ network, signers }: Pick<NodeConfig, "network" | "signers">): Promise<Finding[]> {
  const { consensus } = network;
  try {
    const operator = operatorAmong(await openSigners({ ...signers, pkcs11: null }), network);
    if (consensus.kind !== "attested") return [];
    const { threshold, operators } = consensus;
    const rule = `${threshold} of ${operators.length} operators must`;
    const isModule = operator === undefined && signers.pkcs11 != null;
    if (isModule)
      return [ok("operator", `the hardware module was not asked for an operator's key; ${rule} attest a block`)];
    if (operator === undefined) return [ok("operator", `no operator's key: this node attests no block; ${rule}`)];
    return [ok("operator", `attests blocks as ${operator.name}; ${rule}`)];
  } catch (error) {
    return [fault("operator", error)];
  }
}
