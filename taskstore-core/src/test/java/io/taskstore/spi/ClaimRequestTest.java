package io.taskstore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Slots;
import io.taskstore.WorkerId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ClaimRequestTest {

    private static final WorkerId WORKER = new WorkerId(new UUID(0, 2));
    private static final Set<UUID> IDS = Set.of(new UUID(0, 1));
    private static final Set<String> TYPES = Set.of("mail");
    private static final Slots SLOTS = Slots.of(4);

    private final ClaimRequest due = ClaimRequest.due(WORKER, TYPES, SLOTS);

    @Test
    void whateverIsDueIsAskedForByPriorityAndWithoutSuspects() {
        assertThat(due).isEqualTo(new ClaimRequest(WORKER, TYPES, SLOTS, Optional.empty(), false, false));
    }

    @Test
    void eachChangeKeepsWhatWasThereBeforeAndLeavesTheOriginalAlone() {
        assertThat(due.hinted(IDS).withOldestFirst().withSuspect())
                .isEqualTo(due.withSuspect().withOldestFirst().hinted(IDS))
                .isEqualTo(new ClaimRequest(WORKER, TYPES, SLOTS, Optional.of(IDS), true, true));
        assertThat(due).isEqualTo(ClaimRequest.due(WORKER, TYPES, SLOTS));
    }

    @Test
    void whoChangesTheSetsDoesNotChangeTheRequest() {
        Set<String> types = new HashSet<>(TYPES);
        Set<UUID> ids = new HashSet<>(IDS);
        ClaimRequest request = ClaimRequest.due(WORKER, types, SLOTS).hinted(ids);

        types.clear();
        ids.clear();

        assertThat(request.types()).isEqualTo(TYPES);
        assertThat(request.ids()).contains(IDS);
    }
}
