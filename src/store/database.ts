import { statSync } from "node:fs";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { backUp } from "./backup.ts";
import { announceChange } from "./changes.ts";
import { migrate } from "./migrate.ts";
import { openExisting } from "./open.ts";
import { prepareFile } from "./place.ts";
import { type Repair, repair } from "./repair.ts";
import { explained, isBusy, isDamaged, isGone, tooBusy } from "./sqlite_errors.ts";

/** Milliseconds that a call waits for others before it says so; they need a few at most. */
const patience = 30_000;

/** The file has been replaced by a restored one since it was opened. */
class Replaced extends Error {}

/**
 * One connection to the database of a user, `state.db` in `directory`. Any number of processes may have one. No caller
 * sees "database is locked": who is in the way is waited for.
 */
export class Database {
  readonly path: string;
  /** What had to be done to make a damaged or lost file good again, while it was opened or later. */
  repaired: Repair | undefined;
  #sqlite: DatabaseSync | undefined;
  #statements = new Map<string, StatementSync>();
  #inode: number | undefined;
  #writing = false;
  #durable = true;

  /** @throws Failure where none can be kept safely, or it was made by a newer claude-ops */
  constructor(readonly directory: string) {
    this.path = `${directory}/state.db`;
    this.#patiently(() => {});
  }

  /** The first row, if any. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#look((sqlite) => this.#statement(sqlite, sql).get(...values) as Row | null) ?? undefined;
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#look((sqlite) => this.#statement(sqlite, sql).all(...values) as Row[]);
  }

  /** Changes rows; only inside `write`. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastInsertRowid: number } {
    if (!this.#writing) throw new Error("changes are made inside write()");
    const { changes, lastInsertRowid } = this.#statement(this.#sqlite!, sql).run(...values);
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
  }

  /**
   * Runs `work` as one transaction, alone: all of it happens or, when it throws, nothing. It may run again when others are
   * in the way, so it changes nothing but the database. A write inside of a write is part of it.
   * @param durable on the disk when this returns, also if the power fails then. Not needed for what belongs to live
   * processes, which a power cut ends too
   */
  write<T>(work: () => T, { durable = true }: { durable?: boolean } = {}): T {
    if (this.#writing) return work();
    const result = this.#patiently((sqlite) => {
      if (durable !== this.#durable) sqlite.exec(`PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}`);
      this.#durable = durable;
      sqlite.exec("BEGIN IMMEDIATE");
      this.#writing = true;
      try {
        // Only now: who replaces the file holds the same lock.
        this.#checkPlace();
        const result = work();
        sqlite.exec("COMMIT");
        return result;
      } catch (error) {
        this.#rollBack(sqlite);
        throw error;
      } finally {
        this.#writing = false;
      }
    });
    announceChange(this.directory);
    return result;
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite?.close();
    this.#sqlite = undefined;
  }

  #look<T>(work: (sqlite: DatabaseSync) => T): T {
    if (this.#writing) return work(this.#sqlite!);
    return this.#patiently((sqlite) => {
      this.#checkPlace();
      return work(sqlite);
    });
  }

  #statement(sqlite: DatabaseSync, sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = sqlite.prepare(sql));
    return statement;
  }

  #patiently<T>(attempt: (sqlite: DatabaseSync) => T): T {
    const deadline = performance.now() + patience;
    let repairs = 0;
    for (let pause = 0.5;; pause = Math.min(2 * pause, 16)) {
      try {
        return attempt(this.#sqlite ??= this.#open());
      } catch (error) {
        const late = performance.now() > deadline;
        if (error instanceof Replaced) this.close();
        else if (isGone(error) && !late) this.close();
        else if (isBusy(error) && late) throw tooBusy(this.path, patience);
        else if (isDamaged(error) && repairs++ === 0) this.#repair();
        else if (!isBusy(error)) throw explained(error, this.path);
        if (!(error instanceof Replaced)) sleep(pause * (0.5 + Math.random()));
      }
    }
  }

  #open(): DatabaseSync {
    this.repaired = prepareFile(this.directory, this.path) ?? this.repaired;
    const inode = inodeOf(this.path);
    const sqlite = openExisting(this.path);
    try {
      // In KiB, taken only when needed: with SQLite's 2 MB a search among 100,000 memories reads the same pages again.
      sqlite.exec("PRAGMA cache_size = -8000");
      // Without it what was forgotten stays in the file until SQLite has another use for its place.
      sqlite.exec("PRAGMA secure_delete = ON");
      if (inode === undefined || inode !== inodeOf(this.path)) throw new Replaced();
      migrate(sqlite, this.path, () => backUp(this.path));
    } catch (error) {
      sqlite.close();
      throw error;
    }
    this.#inode = inode;
    this.#durable = true;
    return sqlite;
  }

  #checkPlace(): void {
    if (inodeOf(this.path) !== this.#inode) throw new Replaced();
  }

  #repair(): void {
    this.close();
    this.repaired = repair(this.directory, this.path) ?? this.repaired;
  }

  #rollBack(sqlite: DatabaseSync): void {
    try {
      sqlite.exec("ROLLBACK");
    } catch {
      // Some errors have rolled back already; the first one is the one to tell.
    }
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
