// Loaded before a program (`node --import`): its clock is the machine's, ahead by as many seconds as the file in SHIFTED_CLOCK says.
// The programs know nothing of it, as of a clock that somebody sets.
import { existsSync, readFileSync } from "node:fs";

/** Milliseconds for which what the file said counts. */
export const READ_EVERY = 50;

const file = process.env.SHIFTED_CLOCK ?? "";
const Machine = Date;
let [ahead, readAt] = [0, Number.NEGATIVE_INFINITY];

function now(): number {
  const at = performance.now();
  if (at - readAt > READ_EVERY) [ahead, readAt] = [read(), at];
  return Machine.now() + ahead * 1_000;
}

/** The file goes when a test ends: what it said last counts then. */
function read(): number {
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : ahead;
}

globalThis.Date = new Proxy(Machine, {
  construct: (target, given, type) => Reflect.construct(target, given.length === 0 ? [now()] : given, type),
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
});
