-- Times are microseconds since 1970, durations are microseconds, ids are the 16 bytes of a UUID. The views at the end show them as text.

CREATE TABLE taskstore_workflow (
    id           BLOB    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    submitted_by TEXT,
    created_at   INTEGER NOT NULL,
    fingerprint  INTEGER NOT NULL
) STRICT;

CREATE INDEX taskstore_workflow_created ON taskstore_workflow (created_at, id);
CREATE INDEX taskstore_workflow_submitter ON taskstore_workflow (submitted_by, created_at, id)
    WHERE submitted_by IS NOT NULL;

CREATE TABLE taskstore_task (
    id               BLOB    NOT NULL PRIMARY KEY,
    type             TEXT    NOT NULL,
    queue            TEXT    NOT NULL,
    priority         INTEGER NOT NULL,
    status           TEXT    NOT NULL
        -- not IN, which makes a table of the words for every row that is written
        CHECK (status = 'RUNNING' OR status = 'COMPLETED' OR status = 'PENDING'
            OR status = 'WAITING' OR status = 'FAILED' OR status = 'CANCELLED'),
    attempt          INTEGER NOT NULL,
    failures         INTEGER NOT NULL,
    crashes          INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    -- the number of its changes in taskstore_history
    seq              INTEGER NOT NULL,
    fingerprint      INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    started_at       INTEGER,
    completed_at     INTEGER,
    run_at           INTEGER,
    timeout          INTEGER,
    max_failures     INTEGER,
    worker           BLOB,
    submitted_by     TEXT,
    unique_key       TEXT,
    workflow_id      BLOB REFERENCES taskstore_workflow (id),
    step             TEXT,
    -- the task of its workflow because of which it was cancelled
    cancelled_for    BLOB,
    progress         INTEGER CHECK (progress BETWEEN 0 AND 100),
    progress_text    TEXT,
    error_kind       TEXT,
    error_message    TEXT,
    -- of its first change
    note             TEXT,
    title            TEXT,
    description      TEXT,
    payload          TEXT    NOT NULL,
    metadata         TEXT    NOT NULL,
    result           TEXT
) STRICT;

-- what workers look for
CREATE INDEX taskstore_task_ready ON taskstore_task (priority DESC, queue, type, created_at, id)
    WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NULL;
CREATE INDEX taskstore_task_scheduled ON taskstore_task (priority DESC, queue, type, run_at, created_at, id)
    WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NOT NULL;
CREATE INDEX taskstore_task_suspect ON taskstore_task (type, queue)
    WHERE status = 'PENDING' AND crashes > 0;
CREATE INDEX taskstore_task_running ON taskstore_task (worker, id)
    WHERE status = 'RUNNING';

-- one holder of a key
CREATE UNIQUE INDEX taskstore_task_holder ON taskstore_task (unique_key)
    WHERE unique_key IS NOT NULL AND status IN ('WAITING', 'PENDING', 'RUNNING');

-- what callers look for, by the time of creation
CREATE INDEX taskstore_task_created ON taskstore_task (created_at, id);
CREATE INDEX taskstore_task_type ON taskstore_task (type, created_at, id);
CREATE INDEX taskstore_task_queue ON taskstore_task (queue, created_at, id);
-- a task that is claimed and completed leaves it for good: running ones are few, completed ones nearly all there are
-- (written with OR, for only so SQLite sees that one of them is meant)
CREATE INDEX taskstore_task_status ON taskstore_task (status, created_at, id)
    WHERE status = 'WAITING' OR status = 'PENDING' OR status = 'FAILED' OR status = 'CANCELLED';
CREATE INDEX taskstore_task_submitter ON taskstore_task (submitted_by, created_at, id)
    WHERE submitted_by IS NOT NULL;
CREATE INDEX taskstore_task_workflow ON taskstore_task (workflow_id, created_at, id)
    WHERE workflow_id IS NOT NULL;
CREATE INDEX taskstore_task_part ON taskstore_task (workflow_id, step)
    WHERE workflow_id IS NOT NULL;
CREATE INDEX taskstore_task_step ON taskstore_task (step, created_at, id)
    WHERE step IS NOT NULL;
CREATE INDEX taskstore_task_key ON taskstore_task (unique_key, created_at, id)
    WHERE unique_key IS NOT NULL;
CREATE INDEX taskstore_task_title ON taskstore_task (title, created_at, id)
    WHERE title IS NOT NULL;
-- those that were changed and neither run nor ended with that: other new ones were updated when they were created, ended ones when they
-- were completed, which indexes know, and running ones are few; so a task that is claimed and completed never has an entry here
CREATE INDEX taskstore_task_updated ON taskstore_task (updated_at, id)
    WHERE version > 1
      AND status <> 'RUNNING'
      AND (completed_at IS NULL OR updated_at < completed_at OR updated_at > completed_at);
-- with what the throughput counts, and with what tells whether the end was the last update; a task has its last status when it
-- gets its entry here
CREATE INDEX taskstore_task_completed ON taskstore_task (completed_at, id, status, updated_at)
    WHERE completed_at IS NOT NULL;
-- none, unless the clock was set back
CREATE INDEX taskstore_task_odd ON taskstore_task (created_at, id)
    WHERE (updated_at < created_at OR completed_at < created_at);
-- those that something happened to ten minutes after they were stored, and later; a little more, for rounding
CREATE INDEX taskstore_task_late ON taskstore_task (created_at, id, updated_at, completed_at)
    WHERE (updated_at - created_at > 596000000
        OR completed_at - created_at > 596000000);
CREATE INDEX taskstore_task_cancelled_for ON taskstore_task (cancelled_for)
    WHERE cancelled_for IS NOT NULL;

-- what became of tasks after they were stored, which the task itself tells
CREATE TABLE taskstore_change (
    task_id       BLOB    NOT NULL,
    seq           INTEGER NOT NULL,
    from_status   TEXT,
    to_status     TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    attempt       INTEGER NOT NULL,
    worker        BLOB,
    note          TEXT,
    error_kind    TEXT,
    error_message TEXT,
    ran           INTEGER,
    -- the kind of the settlement that made the change, by which a repeated one is known
    settled_as    TEXT,
    PRIMARY KEY (task_id, seq)
) STRICT, WITHOUT ROWID;

-- the ends of runs
CREATE INDEX taskstore_change_run ON taskstore_change (at, task_id, seq)
    WHERE from_status = 'RUNNING';

CREATE TABLE taskstore_metadata (
    task_id    BLOB NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (task_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX taskstore_metadata_value ON taskstore_metadata (name, value, created_at, task_id);

CREATE TABLE taskstore_dependency (
    task_id     BLOB    NOT NULL REFERENCES taskstore_task (id) ON DELETE CASCADE,
    before_id   BLOB    NOT NULL REFERENCES taskstore_task (id) ON DELETE CASCADE,
    workflow_id BLOB    NOT NULL REFERENCES taskstore_workflow (id) ON DELETE CASCADE,
    requires    TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    PRIMARY KEY (task_id, before_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX taskstore_dependency_before ON taskstore_dependency (before_id, task_id);
CREATE INDEX taskstore_dependency_workflow ON taskstore_dependency (workflow_id, position);

CREATE TABLE taskstore_worker (
    id          BLOB    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    types       TEXT    NOT NULL,
    queues      TEXT    NOT NULL,
    -- the opening of the database that the worker belongs to, and the process with its lock file
    owner       BLOB    NOT NULL,
    process     BLOB    NOT NULL,
    pid         INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    -- decides only where the lock file is missing
    alive_until INTEGER NOT NULL
) STRICT;

CREATE TABLE taskstore_paused_queue (
    queue TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- what one process at a time does, and who does it
CREATE TABLE taskstore_duty (
    duty        TEXT    NOT NULL PRIMARY KEY,
    holder      BLOB    NOT NULL,
    taken_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE taskstore_log (
    task_id BLOB    NOT NULL,
    attempt INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    level   TEXT    NOT NULL,
    message TEXT    NOT NULL,
    PRIMARY KEY (task_id, attempt, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE taskstore_metric (
    number INTEGER NOT NULL PRIMARY KEY,
    name   TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    value  REAL    NOT NULL
) STRICT;

CREATE INDEX taskstore_metric_series ON taskstore_metric (name, at);
CREATE INDEX taskstore_metric_at ON taskstore_metric (at);

-- the tables for people to read
CREATE VIEW taskstore_task_text AS
SELECT lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-'
            || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id,
       type, queue, priority, status, attempt, failures, crashes, version, seq, cancel_requested,
       strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000, 'unixepoch')
            || printf('.%06dZ', created_at % 1000000) AS created_at,
       strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000000, 'unixepoch')
            || printf('.%06dZ', updated_at % 1000000) AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000000, 'unixepoch')
            || printf('.%06dZ', started_at % 1000000) AS started_at,
       strftime('%Y-%m-%dT%H:%M:%S', completed_at / 1000000, 'unixepoch')
            || printf('.%06dZ', completed_at % 1000000) AS completed_at,
       strftime('%Y-%m-%dT%H:%M:%S', run_at / 1000000, 'unixepoch')
            || printf('.%06dZ', run_at % 1000000) AS run_at,
       timeout, max_failures,
       CASE WHEN worker IS NOT NULL
            THEN lower(substr(hex(worker), 1, 8) || '-' || substr(hex(worker), 9, 4) || '-' || substr(hex(worker), 13, 4) || '-'
            || substr(hex(worker), 17, 4) || '-' || substr(hex(worker), 21)) END AS worker,
       submitted_by, unique_key,
       CASE WHEN workflow_id IS NOT NULL
            THEN lower(substr(hex(workflow_id), 1, 8) || '-' || substr(hex(workflow_id), 9, 4) || '-' || substr(hex(workflow_id), 13, 4) || '-'
            || substr(hex(workflow_id), 17, 4) || '-' || substr(hex(workflow_id), 21)) END AS workflow_id,
       step, progress, progress_text, error_kind, error_message, title, description, payload, metadata, result
  FROM taskstore_task;

CREATE VIEW taskstore_history AS
SELECT t.id AS task_id, 1 AS seq, NULL AS from_status,
       CASE t.seq WHEN 1 THEN t.status
            ELSE (SELECT c.from_status FROM taskstore_change c WHERE c.task_id = t.id AND c.seq = 2) END AS to_status,
       t.created_at AS at, 0 AS attempt, NULL AS worker, t.note, NULL AS error_kind, NULL AS error_message, NULL AS ran,
       NULL AS settled_as
  FROM taskstore_task t
 UNION ALL
SELECT task_id, seq, from_status, to_status, at, attempt, worker, note, error_kind, error_message, ran, settled_as
  FROM taskstore_change;

CREATE VIEW taskstore_history_text AS
SELECT lower(substr(hex(task_id), 1, 8) || '-' || substr(hex(task_id), 9, 4) || '-' || substr(hex(task_id), 13, 4) || '-'
            || substr(hex(task_id), 17, 4) || '-' || substr(hex(task_id), 21)) AS task_id,
       seq, from_status, to_status,
       strftime('%Y-%m-%dT%H:%M:%S', at / 1000000, 'unixepoch')
            || printf('.%06dZ', at % 1000000) AS at,
       attempt,
       CASE WHEN worker IS NOT NULL
            THEN lower(substr(hex(worker), 1, 8) || '-' || substr(hex(worker), 9, 4) || '-' || substr(hex(worker), 13, 4) || '-'
            || substr(hex(worker), 17, 4) || '-' || substr(hex(worker), 21)) END AS worker,
       note, error_kind, error_message, ran, settled_as
  FROM taskstore_history;

CREATE VIEW taskstore_worker_text AS
SELECT lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-'
            || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id,
       name, types, queues, pid,
       strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000000, 'unixepoch')
            || printf('.%06dZ', started_at % 1000000) AS started_at,
       strftime('%Y-%m-%dT%H:%M:%S', alive_until / 1000000, 'unixepoch')
            || printf('.%06dZ', alive_until % 1000000) AS alive_until
  FROM taskstore_worker;
