/** A running PostgreSQL. */
export interface StartedPostgres {
  /** Of a superuser's database, on loopback. */
  url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts one; null if PostgreSQL is not installed. */
export function startPostgres(): Promise<StartedPostgres | null>;
