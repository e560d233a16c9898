import type { BundleImport, Gate } from "../gate.ts";
import type { BundleFolder } from "../sources/folder.ts";
import { BundleFetchError, type BundleUrl } from "../sources/url.ts";

/** Reasons for which a delta is refused but a whole bundle may be accepted. */
const NEEDS_WHOLE: ReadonlySet<string> = new Set(["PROOF_DELTA", "PROOF_HISTORY", "PROOF_NODE_MISSING"]);

/** The report of a bundle: its source, and its outcome. */
export interface FedBundle {
  readonly from: string;
  readonly reason: BundleImport["reason"] | "BUNDLE_FETCH";
  readonly detail?: string;
}

/** Where a gate's bundles come from. */
export interface FeedOptions {
  readonly gate: Gate;
  readonly folder?: BundleFolder | undefined;
  readonly url?: BundleUrl | undefined;
  /** Called for each bundle. */
  readonly onBundle: (fed: FedBundle) => void;
}

/** Looks for new bundles once: imports those of the folder, then a newer one from the URL. */
export async function feed({ gate, folder, url, onBundle }: FeedOptions): Promise<void> {
  const importFrom = async (from: string, bytes: Uint8Array): Promise<BundleImport> => {
    const imported = await gate.importBundle(bytes);
    onBundle({ from, reason: imported.reason, ...(imported.problem && { detail: imported.problem.message }) });
    return imported;
  };
  for (const { name, bytes } of (await folder?.look()) ?? []) await importFrom(name, bytes);
  if (url === undefined) return;
  try {
    const held = gate.status().asOf?.number;
    const bytes = await url.fetch(held);
    if (bytes === undefined) return;
    const { reason } = await importFrom("url", bytes);
    if (held === undefined || !NEEDS_WHOLE.has(reason)) return;
    const whole = await url.fetch();
    if (whole !== undefined) await importFrom("url", whole);
  } catch (error) {
    if (!(error instanceof BundleFetchError)) throw error;
    onBundle({ from: "url", reason: error.code, detail: error.message });
  }
}
