import { CodedError } from "../../resolver/errors.ts";

/**
 * - `BACKUP_EXISTS`: the file to write already exists.
 * - `BACKUP_NOT_WRITTEN`: the file can't be written, for example because the disk is full.
 * - `BACKUP_NOT_READ`: the file can't be read.
 * - `BACKUP_FOREIGN`: the file is not a backup, or its format is unknown.
 * - `BACKUP_DAMAGED`: the file is truncated or altered, or its content contradicts itself.
 */
export type BackupErrorCode =
  | "BACKUP_EXISTS"
  | "BACKUP_NOT_WRITTEN"
  | "BACKUP_NOT_READ"
  | "BACKUP_FOREIGN"
  | "BACKUP_DAMAGED";

/** A backup can't be written or read. The message says what to do. */
export class BackupError extends CodedError<BackupErrorCode> {}
