package io.taskstore;

/**
 * Turns payloads and results into JSON and back. Implementations are called from many threads at once, and never choose a
 * class by what the JSON says.
 */
public interface PayloadCodec {

    /**
     * {@return the value as one well-formed JSON value}
     *
     * @throws PayloadException if it cannot be encoded
     */
    String encode(Object value);

    /**
     * {@return the value that the JSON says}
     *
     * @param type what it is decoded into
     * @throws PayloadException if the JSON is not of that type, or is {@code null}
     */
    <T> T decode(String json, Class<T> type);
}
