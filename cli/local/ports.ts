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
  const cause = await listenError({ host: "127.0.0.1", port: number });
  if (cause === undefined) return;
  throw new CliError(
    cause.code === "EADDRINUSE" ? "PORT_BUSY" : "CONFIGURATION",
    `Port ${number} for ${what} can't be used: ${listenFault(cause.code)}. Choose another one with ${variable}`,
    { cause },
  );
}

/** Why no program can listen on a port now; `undefined` when one can. Without a host, at every address of this machine. */
export async function listenError(at: { host?: string; port: number }): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer().listen(at);
  try {
    await once(server, "listening");
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  server.close();
  await once(server, "close");
  return undefined;
}
