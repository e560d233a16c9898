/// <reference lib="webworker" />

/**
 * Stores the whole wallet on the phone, so that it opens without a network, and so that a link to it, which names the verifier,
 * never reaches the server of the wallet.
 */
declare const self: ServiceWorkerGlobalScope;

/** The id of the build, inserted when the wallet is built, so that a new build is a new worker. */
declare const BUILD: string;

const FILES = ["/", "/wallet.js", "/wallet.css", "/manifest.webmanifest", "/icon.svg", "/settings.json"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(BUILD).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))),
  );
  void self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== BUILD) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin) return;
  const file = mode === "navigate" ? "/" : pathname;
  // Browsers may clear a cache at any time. Then the page is fetched without the link that was followed to it.
  const asked = mode === "navigate" ? new Request(file) : event.request;
  event.respondWith(caches.match(file).then((kept) => kept ?? fetch(asked)));
});
