import "../checks/library.ts";
import "../checks/library.ts";
import type { ViewName } from "../route.ts";
import { type Context, type Loaded, ViewError } from "../view.ts";
import { loadDid } from "./did.ts";
import { loadSearch } from "./search.ts";
import { loadTrust } from "./trust.ts";
import { loadTypes } from "./types.ts";

type Load = (context: Context) => Loaded | Promise<Loaded>;

const LOADS: Partial<Record<ViewName, Load>> = {
  search: loadSearch,
  did: loadDid,
  types: loadTypes,
  trust: loadTrust,
};

/** Loads every view but the first one. */
export async function loadView(context: Context): Promise<Loaded> {
  const { part, nodes, route } = context;
  // Without a node to ask there is one thing to do: to name one.
  if (part === "file" && nodes.length === 0) return loadTrust(context);
  const load = LOADS[route.view];
  if (load === undefined) throw new ViewError("failed.view");
  return load(context);
}
