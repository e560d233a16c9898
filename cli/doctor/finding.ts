import { EXIT, type ExitCode, exitCodeOf } from "../terminal/errors.ts";

/** The result of one check of an installation. */
export interface Finding {
  readonly what: string;
  readonly level: "ok" | "warning" | "fault";
  /** What was found, and what to do unless it is `ok`. */
  readonly detail: string;
  /** For a fault, its exit code. */
  readonly exitCode?: ExitCode;
}

export function ok(what: string, detail: string): Finding {
  return { what, level: "ok", detail };
}

export function warning(what: string, detail: string): Finding {
  return { what, level: "warning", detail };
}

/** A fault from an error, whose message has what to do; a finding is one line. */
export function fault(what: string, error: unknown): Finding {
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.internal) throw error;
  const [first = "", ...more] = (error as Error).message.split(/\n\s*- /);
  return { what, level: "fault", detail: more.length === 0 ? first : `${first} ${more.join("; ")}`, exitCode };
}
