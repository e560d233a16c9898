import { MapaeError } from "../../resolver/errors.ts";

/**
 * - `BACKUP_EXISTS`: the file to write is there already.
 * - `BACKUP_NOT_WRITTEN`: the disk is full, or the file can't be written otherwise.
 * - `BACKUP_NOT_READ`: the file can't be read.
 * - `BACKUP_FOREIGN`: the file is no backup, or one of a format that is not known.
 * - `BACKUP_DAMAGED`: the file is cut or altered, or its content contradicts itself.
 */
export type BackupErrorCode =
  | "BACKUP_EXISTS"
  | "BACKUP_NOT_WRITTEN"
  | "BACKUP_NOT_READ"
  | "BACKUP_FOREIGN"
  | "BACKUP_DAMAGED";

/** A backup can't be written or read. The message says what to do. */
export class BackupError extends MapaeError {
  readonly code: BackupErrorCode;

  constructor(code: BackupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
