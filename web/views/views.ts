import "../checks/library.ts";
import "../checks/library.ts";
import { AUDIT_VIEWS, type ViewName } from "../route.ts";
import { type Context, type Loaded, ViewError } from "../view.ts";
import { loadChanges } from "./audit/changes.ts";
import { loadQuestions } from "./audit/questions.ts";
import { loadDid } from "./did.ts";
import { loadList } from "./list.ts";
import { loadOnboarding } from "./onboarding.ts";
import { loadSearch } from "./search.ts";
import { loadTrust } from "./trust.ts";
import { loadType } from "./type.ts";
import { loadTypes } from "./types.ts";
import { loadVerify } from "./verify.ts";
import { loadWatch } from "./watch.ts";

type Load = (context: Context) => Loaded | Promise<Loaded>;

const LOADS: Partial<Record<ViewName, Load>> = {
  search: loadSearch,
  did: loadDid,
  types: loadTypes,
  type: loadType,
  list: loadList,
  verify: loadVerify,
  onboarding: loadOnboarding,
  watch: loadWatch,
  changes: loadChanges,
  questions: loadQuestions,
  trust: loadTrust,
};

/** Loads every view but the first one. */
export async function loadView(context: Context): Promise<Loaded> {
  const { part, nodes, route } = context;
  // Without a node the only useful view is the one in which the user names nodes.
  if (part === "file" && nodes.length === 0) return loadTrust(context);
  // Each listener of a node serves only its own views.
  const isHere = (part === "audit") === AUDIT_VIEWS.includes(route.view);
  const load = isHere ? LOADS[route.view] : undefined;
  if (load === undefined) throw new ViewError("failed.view");
  return load(context);
}
