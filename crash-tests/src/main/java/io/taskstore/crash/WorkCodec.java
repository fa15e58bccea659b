package io.taskstore.crash;

import io.taskstore.PayloadCodec;

/** Knows of {@link Work} alone, and so needs none of the time that Jackson needs at its first use. */
final class WorkCodec implements PayloadCodec {

    @Override
    public String encode(Object value) {
        return ((Work) value).json();
    }

    @Override
    public <T> T decode(String json, Class<T> type) {
        return type.cast(Work.of(json));
    }
}
