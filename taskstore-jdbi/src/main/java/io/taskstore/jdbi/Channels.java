package io.taskstore.jdbi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The names of the channels on which the processes of one schema hear each other. They consist of letters and digits, whatever
 * the schema is called, and are shorter than the 63 bytes that PostgreSQL allows.
 *
 * @param all the one that every process of the schema listens to
 * @param own the one that only this process listens to
 */
record Channels(String all, String own) {

    private static final String PREFIX = "taskstore_";
    private static final int BYTES = 16;

    static Channels of(String schema, UUID process) {
        return new Channels(PREFIX + HexFormat.of().formatHex(digest(schema), 0, BYTES), of(process));
    }

    static String of(UUID process) {
        byte[] id = ByteBuffer.allocate(BYTES)
                .putLong(process.getMostSignificantBits())
                .putLong(process.getLeastSignificantBits())
                .array();
        return PREFIX + HexFormat.of().formatHex(id);
    }

    private static byte[] digest(String schema) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(schema.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
