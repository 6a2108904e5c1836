/**
 * What sessions know. `saved_at` is in milliseconds since 1970, because search computes with it; `words` are other
 * spellings of what is in `text`.
 *
 * The full-text index keeps no copy of the texts, and can be made anew from them by its command `rebuild`. What is
 * deleted is overwritten there too: people also forget what they should never have saved.
 */
export const memory = `
  CREATE TABLE memory_projects (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);

  CREATE TABLE memories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    branch TEXT,
    session TEXT,
    session_name TEXT,
    author TEXT NOT NULL,
    source TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    replaced_by INTEGER,
    tags TEXT NOT NULL,
    text TEXT NOT NULL,
    words TEXT NOT NULL
  );
  CREATE INDEX memories_ranked ON memories (id, replaced_by, project, branch, saved_at);
  CREATE INDEX memories_of_project ON memories (project, saved_at);
  CREATE INDEX memories_by_hash ON memories (hash);
  CREATE INDEX memories_of_note ON memories (source) WHERE source >= 'import:/' AND source < 'import:0';
  CREATE INDEX memories_replaced ON memories (replaced_by) WHERE replaced_by IS NOT NULL;

  CREATE VIRTUAL TABLE memory_text USING fts5(
    text, words, tags, content = 'memories', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
  );
  INSERT INTO memory_text (memory_text, rank) VALUES ('secure-delete', 1);
  CREATE VIRTUAL TABLE memory_vocabulary USING fts5vocab(memory_text, 'row');

  CREATE TRIGGER memories_added AFTER INSERT ON memories BEGIN
    INSERT INTO memory_text (rowid, text, words, tags) VALUES (new.id, new.text, new.words, new.tags);
  END;
  CREATE TRIGGER memories_removed AFTER DELETE ON memories BEGIN
    INSERT INTO memory_text (memory_text, rowid, text, words, tags)
      VALUES ('delete', old.id, old.text, old.words, old.tags);
  END;
  CREATE TRIGGER memories_changed AFTER UPDATE OF text, words, tags ON memories BEGIN
    INSERT INTO memory_text (memory_text, rowid, text, words, tags)
      VALUES ('delete', old.id, old.text, old.words, old.tags);
    INSERT INTO memory_text (rowid, text, words, tags) VALUES (new.id, new.text, new.words, new.tags);
  END;

  CREATE TABLE memory_vectors (memory INTEGER PRIMARY KEY, model TEXT NOT NULL, vector BLOB NOT NULL);
  CREATE TRIGGER memory_vectors_removed AFTER DELETE ON memories BEGIN
    DELETE FROM memory_vectors WHERE memory = old.id;
  END;

  CREATE TABLE memory_outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    message TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,
    problem TEXT
  );
  CREATE INDEX memory_outbox_of_project ON memory_outbox (project, number);
`;
