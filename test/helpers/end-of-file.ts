import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { after, beforeEach } from "node:test";
import { isMainThread } from "node:worker_threads";

/** How long the process of a test file may run on after its last test, so that what its hooks stop can end. */
const GRACE_MS = 120_000;

// node:test waits for a file's process, which does not end while a timer, a socket or a process is left open: by a test that
// failed before it closed it, or by a product that forgot it. `--test-timeout` is for tests, not for files. This module is
// imported before each test file. It ends the process and names what is left, so that the file fails, also if its tests passed.
// A process that a test forks imports this module, too, and has no tests.
if (isMainThread && process.env.NODE_TEST_CONTEXT !== undefined && process.argv[1]?.endsWith(".test.ts")) {
  const children = new Set<ChildProcess>();
  subscribe("child_process", (started) => children.add((started as { process: ChildProcess }).process));

  let alarm: NodeJS.Timeout | undefined;
  after(() => {
    alarm = setTimeout(() => end(children), GRACE_MS).unref();
  });
  // Tests that are defined after an `await` begin after the others are over.
  beforeEach(() => clearTimeout(alarm));
}

function end(children: Iterable<ChildProcess>): never {
  const open = process.getActiveResourcesInfo().filter((kind) => kind !== "PipeWrap");
  console.error(`${process.argv[1]}: its tests are over, but its process does not end because of ${open.join(", ")}`);
  // A process that is left writes to the output of the test's, for whose end node:test waits.
  for (const child of children) child.kill();
  process.exit(1);
}
