package io.taskstore.testkit;

import io.taskstore.TaskRepository;
import io.taskstore.spi.TaskClaims;

/** What a {@link DeviatingStorage} does otherwise than the reference. */
interface Deviation {

    default TaskRepository tasks(ReferenceStorage right) {
        return right.tasks();
    }

    default TaskClaims claims(ReferenceStorage right) {
        return right.claims();
    }
}
