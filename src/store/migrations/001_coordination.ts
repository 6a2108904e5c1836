/**
 * What sessions share while they work. Each number comes from AUTOINCREMENT: it only grows, also over rows that are gone,
 * so it serves as a fencing number, a version that never comes back, and a place to go on reading from.
 */
export const coordination = `
  CREATE TABLE grants (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    owner_facts TEXT NOT NULL,
    since TEXT NOT NULL,
    expiry TEXT,
    note TEXT,
    UNIQUE (kind, name)
  );
  CREATE INDEX grants_of_owner ON grants (owner);

  CREATE TABLE state (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    changed_by TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    UNIQUE (scope, key)
  );
  CREATE INDEX state_of_scope ON state (scope);
  CREATE INDEX state_of_key ON state (key);
  CREATE INDEX state_deleted ON state (changed_at) WHERE value IS NULL;

  CREATE TABLE tasks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    status TEXT NOT NULL,
    value TEXT NOT NULL,
    ready_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    owner TEXT,
    owner_facts TEXT,
    pushed_by TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    result TEXT
  );
  CREATE INDEX tasks_in_turn ON tasks (queue, status, ready_at);
  CREATE INDEX tasks_of_owner ON tasks (owner) WHERE owner IS NOT NULL;

  CREATE TABLE handoffs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    project TEXT NOT NULL,
    value TEXT NOT NULL,
    given_by TEXT NOT NULL,
    given_at TEXT NOT NULL
  );
  CREATE INDEX handoffs_of_topic ON handoffs (topic);
  CREATE INDEX handoffs_of_project ON handoffs (project);

  CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    message TEXT NOT NULL,
    data TEXT,
    source TEXT NOT NULL
  );
`;
