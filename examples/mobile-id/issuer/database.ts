import { DatabaseSync } from "node:sqlite";

/**
 * What an issuer stores. A person's indexes are rows that can be deleted, so that nothing identifies the cards of a person
 * after they expired. Secrets of wallets are stored as hashes.
 */
const SCHEMA = `
  create table if not exists person (
    id integer primary key,
    name text not null,
    birth_date text not null,
    staff_number text unique,
    organization text,
    department text,
    position text,
    benefit text,
    licence_number text unique,
    licence_classes text,
    licence_expires text,
    state text not null default 'active' check (state in ('active', 'suspended', 'left'))
  ) strict;
  create table if not exists offer (
    id text primary key,
    person integer not null references person,
    configuration text not null,
    code text not null unique,
    tx_code text not null,
    tries integer not null default 0,
    expires integer not null
  ) strict;
  create table if not exists wallet (
    id integer primary key,
    person integer not null references person,
    configuration text not null,
    thumbprint text not null,
    refresh_hash text not null unique,
    expires integer not null
  ) strict;
  create table if not exists access (
    hash text primary key,
    wallet integer not null references wallet on delete cascade,
    expires integer not null
  ) strict;
  create table if not exists card (
    person integer not null references person,
    configuration text not null,
    list integer not null,
    number integer not null,
    expires integer not null,
    primary key (configuration, list, number)
  ) strict;
  create table if not exists revocation (
    configuration text not null,
    list integer not null,
    number integer not null,
    primary key (configuration, list, number)
  ) strict;
  create table if not exists signing_key (
    configuration text not null,
    file text not null unique,
    since integer not null
  ) strict;
`;

/** Opens the issuer's database; each change is on disk before it is answered. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
  database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on;");
  database.exec(SCHEMA);
  return database;
}

/** Makes all changes of a function, or none. */
export function atomically<T>(database: DatabaseSync, change: () => T): T {
  database.exec("begin immediate");
  try {
    const result = change();
    database.exec("commit");
    return result;
  } catch (error) {
    database.exec("rollback");
    throw error;
  }
}
