/** Loaded into a node's process before its start, this leaks memory in V8's heap and outside of it, sockets and files. */
import { openSync } from "node:fs";
import { createServer } from "node:net";

const EVERY_MS = 100;
const kept: unknown[] = [];

setInterval(() => {
  kept.push(new Array(20_000).fill(kept.length), Buffer.alloc(100_000, 1), openSync("/dev/null", "r"));
  // The timer must not keep the process alive when the node stops.
  createServer().listen(0, "127.0.0.1").unref();
}, EVERY_MS).unref();
