CREATE TABLE plugin_values (
  plugin TEXT    NOT NULL,
  -- Empty for what belongs to no VM.
  vm_id  TEXT    NOT NULL,
  key    TEXT    NOT NULL,
  -- Of the value, in UTF-8.
  bytes  INTEGER NOT NULL,
  value  TEXT    NOT NULL,
  PRIMARY KEY (plugin, vm_id, key)
) STRICT;

-- Answers how much a plugin has stored without touching the values.
CREATE INDEX plugin_values_size ON plugin_values (plugin, bytes);

CREATE TABLE plugins (
  id               TEXT    NOT NULL PRIMARY KEY,
  enabled          INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  version          TEXT,
  digest           TEXT,
  previous_version TEXT,
  previous_digest  TEXT,
  installed_at     TEXT    NOT NULL,
  CHECK ((version IS NULL) = (digest IS NULL)),
  CHECK ((previous_version IS NULL) = (previous_digest IS NULL))
) STRICT;
