import type { Asked } from "./nodes/asking.ts";
import type { Route } from "./route.ts";
import type { Kept, Trusted } from "./settings.ts";
import type { Loaded } from "./view.ts";

/** The state of the page. */
export interface State extends Pick<Kept, "language" | "theme"> {
  readonly route: Route;
  readonly nodes: readonly string[];
  readonly trusted: Trusted | undefined;
  readonly shown: Shown;
}

/** The view: loading, ready, or an error in its place. */
export type Shown =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly view: Loaded; readonly asked: readonly Asked[] }
  | { readonly kind: "failed"; readonly error: unknown; readonly asked: readonly Asked[] };

/** The only place that holds the state of the page. */
export interface Store {
  readonly get: () => State;
  readonly set: (changed: Partial<State>) => void;
}

/** @param changed called after each change. */
export function storeOf(first: State, changed: () => void): Store {
  let state = first;
  return {
    get: () => state,
    set(part) {
      state = { ...state, ...part };
      changed();
    },
  };
}
