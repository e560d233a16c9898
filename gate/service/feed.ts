import type { Gate } from "../gate.ts";
import { ALARMS, type ImportReason } from "../reason.ts";
import type { BundleFolder } from "../sources/folder.ts";
import { BundleFetchError, type BundleUrl } from "../sources/url.ts";
import { shownImport } from "./answer.ts";

/** Outcomes after which a whole bundle of the same place changes nothing; every other refusal may be the delta's own. */
const DECIDED: ReadonlySet<ImportReason> = new Set(["newer", "same", "heldBefore", ...ALARMS]);

/** The report of a bundle: its source, and its outcome. */
export interface FedBundle {
  readonly from: string;
  readonly reason: ImportReason | "BUNDLE_FETCH" | "BUNDLE_TOO_LONG";
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
  const importFrom = async (from: string, bytes: Uint8Array, forget: () => void): Promise<ImportReason> => {
    const imported = await gate.importBundle(bytes);
    onBundle({ from, ...shownImport(imported) });
    // The same bytes are accepted once a clock that was behind is right.
    if (imported.reason === "PROOF_FUTURE") forget();
    return imported.reason;
  };
  for await (const found of folder?.look() ?? []) {
    const { name } = found;
    if ("bytes" in found) await importFrom(name, found.bytes, () => folder?.forget(name));
    else onBundle({ from: name, reason: found.problem.code, detail: found.problem.message });
  }
  if (url === undefined) return;
  try {
    const { asOf, types } = gate.status();
    const held = asOf?.number;
    // A delta adds no type to a bundle that lacks one of the policy's, and a gate without a bundle lacks all.
    const isWhole = Object.values(types).includes(null) || url.isWholeDue;
    const bytes = await url.fetch(held, isWhole ? "whole" : "delta");
    if (bytes === undefined) return;
    const reason = await importFrom("url", bytes, () => url.forget());
    if (isWhole || DECIDED.has(reason)) return;
    const whole = await url.fetch(held, "whole");
    if (whole !== undefined) await importFrom("url", whole, () => url.forget());
  } catch (error) {
    if (!(error instanceof BundleFetchError)) throw error;
    onBundle({ from: "url", reason: error.code, detail: error.message });
  }
}
