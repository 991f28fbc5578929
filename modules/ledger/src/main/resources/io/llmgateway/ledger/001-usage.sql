CREATE TABLE usage (
  request_id TEXT PRIMARY KEY,
  at_millis INTEGER NOT NULL,
  key_name TEXT NOT NULL,
  group_name TEXT NOT NULL,
  asked TEXT NOT NULL,
  served TEXT NOT NULL,
  instance TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  stream INTEGER NOT NULL,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  estimated INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  ended TEXT NOT NULL,
  millis INTEGER NOT NULL,
  first_token_millis INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX usage_at ON usage (at_millis)
