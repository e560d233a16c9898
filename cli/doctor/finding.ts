import { EXIT, type ExitCode, exitCodeOf } from "../terminal/errors.ts";

/** What one check of an installation found. */
export interface Finding {
  readonly what: string;
  readonly level: "ok" | "warning" | "fault";
  /** What was found, and unless it is ok what to do. */
  readonly detail: string;
  /** Of a fault: the exit code that it deserves. */
  readonly exitCode?: ExitCode;
}

export function ok(what: string, detail: string): Finding {
  return { what, level: "ok", detail };
}

export function warning(what: string, detail: string): Finding {
  return { what, level: "warning", detail };
}

/** A fault, from the error that tells of it: such errors say what to do. */
export function fault(what: string, error: unknown): Finding {
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.internal) throw error;
  return { what, level: "fault", detail: (error as Error).message, exitCode };
}
