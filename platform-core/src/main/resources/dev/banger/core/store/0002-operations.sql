CREATE TABLE operations (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  vm         TEXT NOT NULL,
  state      TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at   TEXT NOT NULL,
  error      TEXT NOT NULL,
  stages     TEXT NOT NULL
) STRICT;
