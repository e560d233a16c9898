#!/usr/bin/env node
/**
 * `mapae`, the command. The command line is TypeScript, which Node runs directly from 22.18 on: an older Node starts the pinned
 * one of node_modules in its place, with the same streams, signals and exit code. A Node whose environment names a proxy
 * (HTTPS_PROXY, HTTP_PROXY) starts another one as well, because Node uses a proxy only when NODE_USE_ENV_PROXY is set at its
 * start.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);
const windows = process.platform === "win32";
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

const isNew = major > 22 || (major === 22 && minor >= 18);
// Node reads the proxy from its environment only when it starts.
const proxy = wantsProxy(process.env) && { NODE_USE_ENV_PROXY: "1", NO_PROXY: exceptions(process.env) };
if (isNew && proxy) runOn(process.execPath, proxy);
else if (isNew) {
  // Caches stripped and compiled code; Node works without a cache when the folder is not writable. The folder for temporary
  // files is not used, because other users could put code there.
  module.enableCompileCache?.(join(dirname(dirname(self)), "node_modules", ".cache", "mapae"));
  // A release contains JavaScript, because Node strips no types below node_modules.
  const compiled = new URL("./main.js", import.meta.url);
  const { main } = existsSync(compiled) ? await import(compiled.href) : await import("./main.ts");
  await main(process.argv.slice(2));
} else {
  // On Windows npm links a shell script, which can't be started as a program.
  const place = windows ? [`node-win-${process.arch}`, "bin", "node.exe"] : [".bin", "node"];
  const node = join(dirname(dirname(self)), "node_modules", ...place);
  if (existsSync(node)) runOn(node, proxy);
  else {
    // A release has no such script, and brings no Node.
    const isCheckout = existsSync(join(dirname(dirname(self)), "scripts", "setup.mjs"));
    const how = isCheckout ? "Run first: npm run setup" : "Install a newer one";
    console.error(`mapae needs Node 22.18 or newer, this is ${process.versions.node}. ${how}`);
    process.exitCode = 2;
  }
}

/** Whether the environment names a proxy that this process does not use yet. */
function wantsProxy(env) {
  const named = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].some((name) => env[name]);
  return named && env.NODE_USE_ENV_PROXY === undefined;
}

/** Hosts without a proxy: those that the environment names, and this machine. */
function exceptions(env) {
  const named = env.NO_PROXY || env.no_proxy;
  return [...(named ? [named] : []), "localhost", "127.0.0.1", "::1", "[::1]"].join(",");
}

function runOn(node, env) {
  // A node ends when the channel closes, so that it does not outlive this process when this one is killed.
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...env },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    console.error(`Could not start ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("close", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
