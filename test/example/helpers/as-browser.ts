/** What the wallet's modules need of a browser when they run in Node: a page on this machine. Imported before them. */
Object.assign(globalThis, { location: new URL("http://localhost/") });
