package io.taskstore.jdbi;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;

/** Ids as 16 bytes, whose order is that of their texts. */
final class Ids {

    private static final int BYTES = 16;

    /** The order of the texts, without making any. */
    static final Comparator<UUID> BY_TEXT = (one, other) -> {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    };

    private Ids() {}

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static UUID id(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("an id has 16 bytes, not " + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** {@return the bytes as 32 digits} */
    static String hex(UUID id) {
        HexFormat digits = HexFormat.of();
        return digits.toHexDigits(id.getMostSignificantBits()) + digits.toHexDigits(id.getLeastSignificantBits());
    }
}
