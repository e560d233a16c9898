import type { Logger } from "pino";
import type { NodeState } from "./status.ts";

const LEVELS = {
  connecting: "info",
  backfilling: "info",
  following: "info",
  stale: "warn",
  halted: "fatal",
} as const satisfies Record<NodeState["kind"], string>;

/** Logs a change of state, with all members that `/ready` shows. */
export function logState(logger: Logger, from: NodeState, to: NodeState): void {
  const { kind, ...about } = to;
  const level = "code" in about ? "fatal" : LEVELS[kind];
  logger[level]({ from: from.kind, to: kind, ...about }, "state changed");
}
