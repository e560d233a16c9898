// The offline verifier as a library: what a program that opens doors imports.
export type { ClockState } from "./clock.ts";
export type { Decision, Freshness } from "./decide.ts";
export type { BundleImport, Gate, GateOptions, GateStatus, Presented } from "./gate.ts";
export { openGate } from "./gate.ts";
export type { Evidence, GateStore, HeldBlock, StoredState } from "./gate-store.ts";
export { memoryStore } from "./gate-store.ts";
export { GateStoreError, levelStore } from "./level-store.ts";
export type { GatePolicy, TypePolicy } from "./policy.ts";
export { GatePolicyError, gatePolicySchema, parseGatePolicy } from "./policy.ts";
export type { AdmitReason, DenyReason, GateReason, ImportReason } from "./reason.ts";
