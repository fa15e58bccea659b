package io.taskstore.testkit;

import io.taskstore.TaskStatus;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Recovered;
import java.util.List;

/** What became of a claim that was taken from its worker, in a form that can be compared. */
record Taken(Claim claim, TaskStatus status) {

    static List<Taken> of(List<Recovered> recovered) {
        return recovered.stream()
                .map(one -> new Taken(one.claim(), one.task().status()))
                .toList();
    }
}
