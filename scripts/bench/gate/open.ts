import { type Gate, openGate } from "../../../gate/gate.ts";
import { levelStore } from "../../../gate/level-store.ts";
import { parseGatePolicy } from "../../../gate/policy.ts";
import type { NetworkDescriptor } from "../../../resolver/index.ts";
import { AUDIENCE, MAX_AGE, TYPE } from "./facts.ts";

/** A gate with an empty store in a folder. */
export async function openBenchGate(network: NetworkDescriptor, folder: string): Promise<Gate> {
  return openGate({
    network,
    policy: parseGatePolicy({ audience: AUDIENCE, presentationMaxAge: MAX_AGE, types: { [TYPE]: {} } }),
    store: await levelStore(folder, network),
    onFault: (error) => {
      throw error;
    },
  });
}

/**
 * Imports a bundle into a gate.
 * @throws Error when the gate rejects it.
 */
export async function importInto(gate: Gate, bundle: Uint8Array): Promise<void> {
  const { reason, problem } = await gate.importBundle(bundle);
  if (reason !== "newer") throw new Error(`The bundle was not imported: ${problem?.message ?? reason}`);
}
