package io.taskstore.testkit;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One call of a sequence, as a value. It names tasks and workflows by the numbers they were drawn with, and workers and
 * claims by how many there are, so that it still means something when calls before it are left out.
 */
interface ModelOperation {

    /** {@return what the call answers, without what right storages may answer differently} */
    Object on(ModelSide side);

    /** {@return the actual answer, or the expected one where the contract allows both} */
    default Object tolerated(Object expected, Object actual) {
        return actual;
    }

    /** {@return the operation without parts of it, in each way that may be tried} */
    default List<ModelOperation> simpler() {
        return List.of();
    }

    /** {@return what coverage calls the ways in which the call went well} */
    default List<String> outcomes(Object answer) {
        return List.of();
    }

    /** {@return the list without one member, for each that it has} */
    static <T> List<List<T>> withoutOne(List<T> members) {
        return IntStream.range(0, members.size() > 1 ? members.size() : 0)
                .mapToObj(i -> Stream.concat(
                                members.subList(0, i).stream(), members.subList(i + 1, members.size()).stream())
                        .toList())
                .toList();
    }

    /** {@return what coverage calls the operation} */
    default String kind() {
        return getClass().getSimpleName();
    }
}
