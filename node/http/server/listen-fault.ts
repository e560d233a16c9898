/** Why a program can't listen on a host and port, in a clause, by the code of Node's error. */
export function listenFault(code: string | undefined): string {
  switch (code) {
    case "EADDRINUSE":
      return "another program listens there";
    case "EACCES":
      return "this user may not open it, as ports below 1024 often need rights";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "this machine does not have this address";
    default:
      return `it can't be opened (${code})`;
  }
}
