CREATE TABLE vms (
  id            TEXT    NOT NULL PRIMARY KEY,
  name          TEXT    NOT NULL UNIQUE,
  address       TEXT    NOT NULL UNIQUE,
  cid           INTEGER NOT NULL UNIQUE CHECK (cid BETWEEN 3 AND 2147483647),
  image         TEXT    NOT NULL,
  cpus          INTEGER NOT NULL,
  memory_mib    INTEGER NOT NULL,
  disk_mib      INTEGER NOT NULL,
  work_disk_mib INTEGER NOT NULL,
  nat           INTEGER NOT NULL CHECK (nat IN (0, 1)),
  driver        TEXT    NOT NULL,
  labels        TEXT    NOT NULL,
  state         TEXT    NOT NULL,
  state_reason  TEXT    NOT NULL,
  created_at    TEXT    NOT NULL,
  started_at    TEXT,
  last_error    TEXT    NOT NULL,
  -- 1 until the create that made the row has finished.
  provisional   INTEGER NOT NULL CHECK (provisional IN (0, 1))
) STRICT;

-- Where the next search begins: what was freed last is handed out last.
CREATE TABLE cursors (
  name  TEXT    NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
