package io.taskstore;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a task stands on its way.
 *
 * <pre>
 *           submit                 claim                 complete
 * (none) ───────────► PENDING ──────────► RUNNING ───────────────────► COMPLETED
 *    │                  ▲ │ ▲               │ │ └── fail for good ────► FAILED
 *    │ in a workflow    │ │ └─ retry/snooze ┘ │
 *    └─► WAITING ───────┘ │    release/recover└─── cancel observed ───► CANCELLED
 *            │            └── cancel ───────────────────────────────────────▲
 *            └── a task it depends on failed or was cancelled ──────────────┘
 *                       FAILED | CANCELLED ── requeue ──► PENDING, or WAITING in a workflow that is not that far
 * </pre>
 */
public enum TaskStatus {
    /** Its workflow is not that far: a task it depends on has not ended. */
    WAITING,
    /** Claimable once its time has come: new, scheduled, and waiting for a retry alike. */
    PENDING,
    /** Claimed by a worker, or driven by the host itself. */
    RUNNING,
    /** Ended well; the result is stored. Nothing changes it any more. */
    COMPLETED,
    /** Ended badly; the error is stored. Only a requeue changes it. */
    FAILED,
    /** Ended because somebody wanted so, or because what it depends on did not complete. Only a requeue changes it. */
    CANCELLED;

    /** {@return whether a task in this status has ended} */
    public boolean isTerminal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /** {@return whether a task in this status may move to the other} */
    public boolean canBecome(TaskStatus next) {
        return successors().contains(Check.given("next", next));
    }

    /** {@return the statuses a task in this status may move to} */
    public Set<TaskStatus> successors() {
        return switch (this) {
            case WAITING -> EnumSet.of(PENDING, CANCELLED);
            case PENDING -> EnumSet.of(RUNNING, CANCELLED);
            case RUNNING -> EnumSet.of(PENDING, COMPLETED, FAILED, CANCELLED);
            case COMPLETED -> EnumSet.noneOf(TaskStatus.class);
            case FAILED, CANCELLED -> EnumSet.of(PENDING, WAITING);
        };
    }

    /** {@return whether a task may begin its life in this status} */
    public boolean canBeFirst() {
        return this == PENDING || this == WAITING;
    }
}
