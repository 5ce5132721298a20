-- One row per step of a plugin that was begun for a VM and is not stopped yet. It may outlive its VM.
CREATE TABLE hook_steps (
  -- Never used again: stops go through the steps in descending order.
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  vm_id           TEXT    NOT NULL,
  -- Stays taken while the row is there.
  address         TEXT    NOT NULL,
  vm              TEXT    NOT NULL,
  plugin          TEXT    NOT NULL,
  version         TEXT    NOT NULL,
  digest          TEXT    NOT NULL,
  step            TEXT    NOT NULL,
  phase           TEXT    NOT NULL,
  policy          TEXT    NOT NULL,
  -- A JSON array of strings.
  after           TEXT    NOT NULL,
  state           TEXT    NOT NULL,
  receipt_version INTEGER NOT NULL,
  receipt         TEXT,
  operation       TEXT    NOT NULL,
  note            TEXT    NOT NULL,
  reason          TEXT    NOT NULL,
  attempts        INTEGER NOT NULL,
  retry_at        TEXT,
  started_at      TEXT    NOT NULL,
  took            TEXT    NOT NULL,
  UNIQUE (vm_id, plugin, step)
) STRICT;

-- History, pruned from the front. Without indexes: it is small, and written far more often than read.
CREATE TABLE hook_runs (
  seq       INTEGER PRIMARY KEY,
  operation TEXT NOT NULL,
  vm_id     TEXT NOT NULL,
  vm_name   TEXT NOT NULL,
  plugin    TEXT NOT NULL,
  version   TEXT NOT NULL,
  step      TEXT NOT NULL,
  phase     TEXT NOT NULL,
  action    TEXT NOT NULL,
  at        TEXT NOT NULL,
  took      TEXT NOT NULL,
  outcome   TEXT NOT NULL,
  message   TEXT NOT NULL
) STRICT;

CREATE TABLE hook_endpoints (
  vm_id    TEXT    NOT NULL,
  position INTEGER NOT NULL,
  plugin   TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  uri      TEXT    NOT NULL,
  PRIMARY KEY (vm_id, position)
) STRICT, WITHOUT ROWID;
