import { CliError } from "../terminal/errors.ts";
import { type Finding, fault, ok } from "./finding.ts";

/** There was no Mapae before the first, in Unix seconds, and no certificate or key lasts until the last. */
const FROM = Date.UTC(2026, 0) / 1_000;
const UNTIL = Date.UTC(2100, 0) / 1_000;

/** Whether this machine's clock, in Unix seconds, can be right at all; each chain's newest block says how well it goes. */
export function checkClock(now: number): Finding {
  const shown = new Date(now * 1_000).toISOString();
  if (now >= FROM && now < UNTIL) return ok("clock", shown);
  const message = `this machine believes that it is ${shown}, and judges by it what is valid: set the clock (NTP)`;
  return fault("clock", new CliError("CONFIGURATION", message));
}
