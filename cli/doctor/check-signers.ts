import type { NodeConfig } from "../../node/config/config.ts";
import { openSigners } from "../../node/issuing/open-signers.ts";
import { OPERATOR, operatorAmong } from "../../node/issuing/operator.ts";
import type { Signer } from "../../node/issuing/signer.ts";
import { type ContractReader, keyFault, parseDid, readIdentity } from "../../resolver/index.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

export interface SignersCheck extends Pick<NodeConfig, "network" | "signers"> {
  readonly reader: ContractReader;
  /** Unix seconds. */
  readonly now: number;
}

/**
 * Whether the node's key files can be opened, whether each issuer's document lists its key, and whether the descriptor names
 * the key with which the node attests blocks. A hardware module is not opened, because tokens count wrong PINs.
 */
export async function checkSigners({ network, signers, reader, now }: SignersCheck): Promise<Finding[]> {
  let opened: Signer[];
  try {
    opened = await openSigners({ ...signers, pkcs11: null });
  } catch (error) {
    return [fault("key files", error)];
  }
  const findings: Finding[] = [];
  for (const signer of opened)
    if (!signer.issuer.startsWith(OPERATOR))
      findings.push(await checkIssuersKey(signer, { network, signers, reader, now }));
  return [...findings, ...checkOperator(opened, { network, signers })];
}

/** A key may be given to a node before it is published, so that this is no fault; the node signs with it from then on. */
async function checkIssuersKey({ issuer, keyId }: Signer, { network, reader, now }: SignersCheck): Promise<Finding> {
  const what = `key ${keyId}`;
  try {
    const { network: of, address } = parseDid(issuer);
    if (of !== network.name) return warning(what, `signs nothing: it is of network ${of}, not of ${network.name}`);
    const { events, asOf } = await readIdentity(reader, network, address);
    const problem = keyFault(events, keyId.slice(keyId.indexOf("#") + 1), Math.max(now, asOf.time));
    if (problem === undefined) return ok(what, "the issuer's document lists it");
    const advice = "publish it with mapae did add-key --purpose assertion, or remove its file from MAPAE_SIGNER_FILES";
    return warning(what, `signs nothing, because the issuer's document does not list it (${problem}): ${advice}`);
  } catch (error) {
    return fault(what, error);
  }
}

function checkOperator(opened: readonly Signer[], { network, signers }: Pick<NodeConfig, "network" | "signers">) {
  const { consensus } = network;
  try {
    const operator = operatorAmong(opened, network);
    if (consensus.kind !== "attested") return [];
    const { threshold, operators } = consensus;
    const rule = `${threshold} of ${operators.length} operators must`;
    if (operator !== undefined) return [ok("operator", `attests blocks as ${operator.name}; ${rule}`)];
    const isModule = signers.pkcs11 != null;
    if (isModule)
      return [ok("operator", `the hardware module was not asked for an operator's key; ${rule} attest a block`)];
    return [ok("operator", `no operator's key: this node attests no block; ${rule}`)];
  } catch (error) {
    return [fault("operator", error)];
  }
}
