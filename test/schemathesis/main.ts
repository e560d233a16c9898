/**
 * Runs Schemathesis, a tool from PyPI that makes requests from a description in OpenAPI, against the description and the public
 * listener of a node. The node, its chain and what is on it are those of `npm start`. Options go on to Schemathesis:
 * `--seed` to repeat a run, `--max-examples` for a longer one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPythonTool } from "../../scripts/analysis/python-tool.ts";
import { freePorts, REPOSITORY } from "../cli/harness.ts";
import { Start } from "../e2e/start.ts";

/** Number of requests of one operation in one phase; a phase with listed cases makes one request for each. */
const EXAMPLES = 100;

process.chdir(REPOSITORY);
const schemathesis = installPythonTool("schemathesis==4.32.5", "schemathesis");
const home = await mkdtemp(join(tmpdir(), "mapae-schemathesis-"));
const start = new Start(home, await freePorts(2));
try {
  process.stderr.write("starting a chain and a node ...\n");
  await start.prints(/Ctrl-C stops all/);
  const { node } = await start.demo();
  const run = spawn(
    schemathesis,
    [
      ...["--config-file", join("test", "schemathesis", "schemathesis.toml"), "run", `${node}/openapi.json`],
      ...["--max-examples", String(EXAMPLES), ...process.argv.slice(2)],
    ],
    { stdio: "inherit" },
  );
  [process.exitCode] = (await once(run, "close")) as [number];
} finally {
  await start.end("SIGTERM");
  await rm(home, { recursive: true, force: true });
}
