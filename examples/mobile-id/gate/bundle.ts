import { BundleUrl } from "../../../gate/sources/url.ts";
import { base } from "../shared/take-evidence.ts";
import { type Place, typesOf } from "./place.ts";

/** No node served a bundle that the gates accepted. */
export class BundleError extends Error {
  readonly code = "GATE_BUNDLE";
  override readonly name = "BundleError";
}

/**
 * Fetches one bundle of all types that the places admit, and gives it to each gate, which verifies all of it before use. The
 * node learns only that somebody fetches a bundle. A bundle from a USB stick has the same bytes.
 *
 * @throws BundleError; then the gates keep the bundle that they have.
 */
export async function takeBundle(places: readonly Place[], nodes: readonly string[]): Promise<void> {
  const types = [...new Set(places.flatMap(({ policy }) => typesOf(policy)))].sort();
  const problems: string[] = [];
  for (const node of nodes) {
    try {
      const url = `${base(node)}/bundles?${new URLSearchParams({ types: types.join(",") })}`;
      const bytes = await new BundleUrl({ url }).fetch();
      if (bytes === undefined) throw new BundleError("it has no bundle");
      const imported = await Promise.all(places.map(({ gate }) => gate.importBundle(bytes)));
      const refused = imported.find(({ reason }) => !GOOD.has(reason));
      if (refused === undefined) return;
      throw new BundleError(`its bundle was refused: ${refused.reason} ${refused.problem?.message ?? ""}`);
    } catch (error) {
      problems.push(`${new URL(node).origin}: ${(error as Error).message}`);
    }
  }
  throw new BundleError(`No node gave a bundle. ${problems.join("; ")}`);
}

/** A bundle without news is no failure. */
const GOOD: ReadonlySet<string> = new Set(["newer", "same", "heldBefore"]);
