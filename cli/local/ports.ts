import { once } from "node:events";
import { createServer } from "node:net";
import { listenFault } from "../../node/http/server/listen-fault.ts";
import { CliError } from "../terminal/errors.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A port for one of the local network's servers, and the variable that changes it. */
export interface Port {
  readonly what: string;
  readonly variable: string;
  readonly number: number;
}

/** @throws CliError `CONFIGURATION` when the variable's value is no port. */
export function readPort({ env }: Terminal, port: Omit<Port, "number"> & { fallback: number }): Port {
  const { what, variable, fallback } = port;
  const text = env[variable] || String(fallback);
  const number = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= 65_535) return { what, variable, number };
  throw new CliError(
    "CONFIGURATION",
    `${variable} is a port from 1 to 65535, got ${JSON.stringify(text.slice(0, 40))}`,
  );
}

/**
 * Makes sure that a port of 127.0.0.1 is free.
 * @throws CliError `PORT_BUSY`, or `CONFIGURATION` for a port that this user may not open.
 */
export async function expectFree({ what, variable, number }: Port): Promise<void> {
  const server = createServer().listen(number, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CliError(
      code === "EADDRINUSE" ? "PORT_BUSY" : "CONFIGURATION",
      `Port ${number} for ${what} can't be used: ${listenFault(code)}. Choose another one with ${variable}`,
      { cause },
    );
  }
  server.close();
  await once(server, "close");
}
