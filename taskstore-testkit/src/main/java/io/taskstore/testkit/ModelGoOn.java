package io.taskstore.testkit;

import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.SettledAndClaimed;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of runs, and with it the claim of what goes on. The request names worker {@link ModelIds#NOBODY}, in whose place the real
 * one is put.
 *
 * @param worker how far back from the latest worker
 */
record ModelGoOn(ModelSettle settle, int worker, ClaimRequest request) implements ModelOperation {

    @Override
    public Object on(ModelSide side) {
        ClaimRequest real = ClaimRequest.due(side.worker(worker), request.types(), request.slots());
        return ModelNeutral.goOn(side.storage()
                .claims()
                .settleAndClaim(
                        settle.ends().stream().map(end -> end.settlement(side)).toList(), real));
    }

    @Override
    public List<ModelOperation> simpler() {
        List<ModelOperation> simpler = new ArrayList<>(settle.simpler().stream()
                .<ModelOperation>map(fewer -> new ModelGoOn((ModelSettle) fewer, worker, request))
                .toList());
        simpler.add(settle);
        return simpler;
    }

    @Override
    public String kind() {
        return "GoOn";
    }

    @Override
    public List<String> outcomes(Object answer) {
        return List.of(((SettledAndClaimed) answer).claimed().isEmpty() ? "none" : "claimed");
    }

    @Override
    public String toString() {
        return settle + ", and claim what goes on for worker -" + worker + " " + request.types() + ", "
                + request.slots();
    }
}
