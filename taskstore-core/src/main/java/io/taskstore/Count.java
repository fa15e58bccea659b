package io.taskstore;

import java.util.Locale;

/**
 * How many there are, counted up to a cap so that the answer stays fast.
 *
 * @param value the number; the cap itself where there are more
 * @param capped whether there are more than the number says
 */
public record Count(long value, boolean capped) {

    /** Checks the number. */
    public Count {
        Check.between("Count.value", 0, Long.MAX_VALUE, value);
    }

    /** {@return the number as people write it: {@code 1,234} or {@code 10,000+}} */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d%s", value, capped ? "+" : "");
    }
}
