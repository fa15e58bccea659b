-- Durations are microseconds. Texts that are compared or sorted use the order of their bytes, whatever the database's own.

CREATE TABLE taskstore_workflow (
    id           uuid        NOT NULL PRIMARY KEY,
    name         text        COLLATE "C" NOT NULL,
    submitted_by text        COLLATE "C",
    created_at   timestamptz NOT NULL,
    fingerprint  bigint      NOT NULL
);

CREATE INDEX taskstore_workflow_created ON taskstore_workflow (created_at, id);
CREATE INDEX taskstore_workflow_submitter ON taskstore_workflow (submitted_by, created_at, id)
    WHERE submitted_by IS NOT NULL;

CREATE TABLE taskstore_task (
    id               uuid        NOT NULL PRIMARY KEY,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    started_at       timestamptz,
    completed_at     timestamptz,
    run_at           timestamptz,
    version          bigint      NOT NULL,
    fingerprint      bigint      NOT NULL,
    timeout          bigint,
    worker           uuid,
    workflow_id      uuid        REFERENCES taskstore_workflow (id),
    -- the task of its workflow because of which it was cancelled
    cancelled_for    uuid,
    priority         integer     NOT NULL,
    attempt          integer     NOT NULL,
    failures         integer     NOT NULL,
    crashes          integer     NOT NULL,
    -- the number of its changes in taskstore_history
    seq              integer     NOT NULL,
    max_failures     integer,
    progress         integer,
    cancel_requested boolean     NOT NULL,
    type             text        COLLATE "C" NOT NULL,
    queue            text        COLLATE "C" NOT NULL,
    -- no CHECK here or on the progress: creates were faster without, in one run by a tenth
    status           text        COLLATE "C" NOT NULL,
    submitted_by     text        COLLATE "C",
    unique_key       text        COLLATE "C",
    step             text        COLLATE "C",
    progress_text    text,
    error_kind       text,
    error_message    text,
    -- of its first change
    note             text,
    title            text        COLLATE "C",
    description      text,
    payload          text        NOT NULL,
    metadata         text        NOT NULL,
    result           text
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

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
CREATE INDEX taskstore_task_status ON taskstore_task (status, created_at, id)
    WHERE status IN ('WAITING', 'PENDING', 'FAILED', 'CANCELLED');
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
-- (not <>, which PostgreSQL takes to be true of nearly all)
CREATE INDEX taskstore_task_updated ON taskstore_task (updated_at, id)
    WHERE version > 1
      AND status <> 'RUNNING'
      AND (completed_at IS NULL OR updated_at < completed_at OR updated_at > completed_at);
-- with what the throughput counts, and with what tells whether the end was the last update; a task has its last status when it
-- gets its entry here
CREATE INDEX taskstore_task_completed ON taskstore_task (completed_at, id) INCLUDE (status, updated_at)
    WHERE completed_at IS NOT NULL;
-- none, unless the clock was set back
CREATE INDEX taskstore_task_odd ON taskstore_task (created_at, id)
    WHERE (updated_at < created_at OR completed_at < created_at);
-- those that something happened to ten minutes after they were stored, and later; a little more, for rounding
CREATE INDEX taskstore_task_late ON taskstore_task (created_at, id) INCLUDE (updated_at, completed_at)
    WHERE (updated_at - created_at > interval '596 seconds' OR completed_at - created_at > interval '596 seconds');
CREATE INDEX taskstore_task_cancelled_for ON taskstore_task (cancelled_for)
    WHERE cancelled_for IS NOT NULL;

-- what became of tasks after they were stored, which the task itself tells
CREATE TABLE taskstore_change (
    task_id       uuid        NOT NULL,
    at            timestamptz NOT NULL,
    ran           bigint,
    worker        uuid,
    seq           integer     NOT NULL,
    attempt       integer     NOT NULL,
    from_status   text        COLLATE "C",
    to_status     text        COLLATE "C" NOT NULL,
    note          text,
    error_kind    text,
    error_message text,
    -- the kind of the settlement that made the change, by which a repeated one is known
    settled_as    text,
    PRIMARY KEY (task_id, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- the ends of runs
CREATE INDEX taskstore_change_run ON taskstore_change (at, task_id, seq)
    WHERE from_status = 'RUNNING';

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

CREATE TABLE taskstore_metadata (
    task_id    uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    name       text        COLLATE "C" NOT NULL,
    value      text        COLLATE "C" NOT NULL,
    PRIMARY KEY (task_id, name)
);

CREATE INDEX taskstore_metadata_value ON taskstore_metadata (name, value, created_at, task_id);

CREATE TABLE taskstore_dependency (
    task_id     uuid    NOT NULL REFERENCES taskstore_task (id) ON DELETE CASCADE,
    before_id   uuid    NOT NULL REFERENCES taskstore_task (id) ON DELETE CASCADE,
    workflow_id uuid    NOT NULL REFERENCES taskstore_workflow (id) ON DELETE CASCADE,
    position    integer NOT NULL,
    requires    text    NOT NULL,
    PRIMARY KEY (task_id, before_id)
);

CREATE INDEX taskstore_dependency_before ON taskstore_dependency (before_id, task_id);
CREATE INDEX taskstore_dependency_workflow ON taskstore_dependency (workflow_id, position);

CREATE TABLE taskstore_worker (
    id      uuid        NOT NULL PRIMARY KEY,
    alive_until timestamptz NOT NULL,
    name    text        NOT NULL,
    types   text        NOT NULL,
    queues  text        NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE taskstore_paused_queue (
    queue text COLLATE "C" NOT NULL PRIMARY KEY
);

-- what one process at a time does, and who does it
CREATE TABLE taskstore_duty (
    duty        text        COLLATE "C" NOT NULL PRIMARY KEY,
    holder      uuid        NOT NULL,
    taken_until timestamptz NOT NULL
);

CREATE TABLE taskstore_log (
    task_id uuid        NOT NULL,
    at      timestamptz NOT NULL,
    attempt integer     NOT NULL,
    line    integer     NOT NULL,
    level   text        NOT NULL,
    message text        NOT NULL,
    PRIMARY KEY (task_id, attempt, line)
);

CREATE TABLE taskstore_metric (
    number bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz      NOT NULL,
    value  double precision NOT NULL,
    name   text             COLLATE "C" NOT NULL,
    kind   text             NOT NULL
);

CREATE INDEX taskstore_metric_series ON taskstore_metric (name, at);
CREATE INDEX taskstore_metric_at ON taskstore_metric (at);
